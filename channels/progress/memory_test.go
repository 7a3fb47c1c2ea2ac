package progress

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var errDown = errors.New("the line is down")

// attempt sends the letters of a text as the parts of message id. The line
// breaks before the letter that stands at breaks; -1: it holds.
func attempt(m *Memory, id, text string, breaks int) (sent, receipt string, err error) {
	parts := make([]Digest, len(text))
	for i := range parts {
		parts[i] = DigestOf([]byte(text[i : i+1]))
	}
	r, err := m.Deliver(id, parts, func(i int) (string, error) {
		if i == breaks {
			return "", errDown
		}
		sent += text[i : i+1]
		return fmt.Sprintf("%s%d", id, i), nil
	})
	return sent, r.MessageID, err
}

func TestDeliverGoesOnBehindWhatArrived(t *testing.T) {
	type try struct {
		text   string
		breaks int
		sent   string
	}
	for name, c := range map[string]struct {
		tries   []try
		receipt string
	}{
		"in one go":                   {[]try{{"abc", -1, "abc"}}, "m0"},
		"behind the break":            {[]try{{"abcd", 2, "ab"}, {"abcd", -1, "cd"}}, "m0"},
		"behind the second break":     {[]try{{"abcd", 1, "a"}, {"abcd", 3, "bc"}, {"abcd", -1, "d"}}, "m0"},
		"nothing arrived":             {[]try{{"abc", 0, ""}, {"abc", -1, "abc"}}, "m0"},
		"alike parts":                 {[]try{{"aaaa", 3, "aaa"}, {"aaaa", -1, "a"}}, "m0"},
		"another end":                 {[]try{{"abcd", 3, "abc"}, {"abxy", -1, "xy"}}, "m0"},
		"another begin":               {[]try{{"abcd", 3, "abc"}, {"xbcd", -1, "xbcd"}}, "m0"},
		"another end, broken twice":   {[]try{{"abcd", 3, "abc"}, {"abxy", 2, ""}, {"abcd", -1, "cd"}}, "m0"},
		"shorter, and all of it gone": {[]try{{"abcd", 3, "abc"}, {"ab", -1, ""}}, "m0"},
		"delivered, and sent by hand": {[]try{{"ab", -1, "ab"}, {"ab", -1, "ab"}}, "m0"},
		"a message without parts":     {[]try{{"", -1, ""}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var m Memory
			var receipt string
			for i, try := range c.tries {
				sent, r, err := attempt(&m, "m", try.text, try.breaks)
				if (err != nil) != (try.breaks >= 0) || err != nil && !errors.Is(err, errDown) {
					t.Fatalf("attempt %d: %v", i+1, err)
				}
				if sent != try.sent {
					t.Errorf("attempt %d sent %q, want %q", i+1, sent, try.sent)
				}
				receipt = r
			}
			if receipt != c.receipt {
				t.Errorf("receipt %q, want %q", receipt, c.receipt)
			}
			if len(m.unfinished) > 0 {
				t.Errorf("a delivered message is remembered: %v", m.unfinished)
			}
		})
	}
}

func TestBrokenAttemptReturnsTheFirstReceipt(t *testing.T) {
	var m Memory
	for _, breaks := range []int{2, 3} {
		if _, receipt, err := attempt(&m, "m", "abcd", breaks); receipt != "m0" || !errors.Is(err, errDown) {
			t.Errorf("broken before part %d: receipt %q, %v", breaks+1, receipt, err)
		}
	}
}

func TestMessagesDoNotMix(t *testing.T) {
	var m Memory
	attempt(&m, "one", "abc", 1)
	attempt(&m, "two", "abc", 2)
	var got []string
	for _, id := range []string{"one", "two", "three"} {
		sent, receipt, _ := attempt(&m, id, "abc", -1)
		got = append(got, sent+" "+receipt)
	}
	if diff := cmp.Diff([]string{"bc one0", "c two0", "abc three0"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	var m Memory
	for i := range 3 * mostUnfinished {
		attempt(&m, fmt.Sprint(i), "ab", 1)
	}
	if n := len(m.unfinished); n != mostUnfinished {
		t.Errorf("%d are remembered, want %d", n, mostUnfinished)
	}
	if sent, _, _ := attempt(&m, "0", "ab", -1); sent != "ab" {
		t.Errorf("the oldest is remembered: only %q was sent again", sent)
	}
	if sent, _, _ := attempt(&m, fmt.Sprint(3*mostUnfinished-1), "ab", -1); sent != "b" {
		t.Errorf("the newest is forgotten: %q was sent again", sent)
	}
}

// A message of one part is never unfinished.
func TestSinglePartsNeedNoMemory(t *testing.T) {
	var m Memory
	parts := []Digest{DigestOf([]byte("a"))}
	_, err := m.Deliver("m", parts, func(int) (string, error) {
		if len(m.unfinished) > 0 {
			t.Error("it is remembered while it is sent")
		}
		return "7", nil
	})
	if err != nil || cap(m.unfinished) > 0 {
		t.Errorf("%v, %d places taken", err, cap(m.unfinished))
	}
}

func TestManyGoroutines(t *testing.T) {
	var m Memory
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			id := fmt.Sprint(i)
			first, _, _ := attempt(&m, id, "abcdefgh", i%7+1)
			rest, _, err := attempt(&m, id, "abcdefgh", -1)
			if first+rest != "abcdefgh" || err != nil {
				t.Errorf("message %s: %q then %q, %v", id, first, rest, err)
			}
		})
	}
	group.Wait()
	if text := fmt.Sprint(m.unfinished); strings.Trim(text, "[]") != "" {
		t.Errorf("left: %s", text)
	}
}
