package builtin_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tocsin/channels/service"
	"tocsin/engine/event"
)

// TestServiceAnswers holds what answers of services mean. Each line of
// testdata/services/NAME.answers is
//
//	RESULT | STATUS | BODY
//
// where RESULT is "taken" and the message's id, if there is one, or the class
// and the code of the refusal.
func TestServiceAnswers(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "services", "*.answers"))
	if err != nil || len(files) == 0 {
		t.Fatal("no answers to read: ", err)
	}
	byName := map[string]*service.Spec{}
	for _, s := range specs(t) {
		byName[s.Name] = s
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".answers")
		t.Run(name, func(t *testing.T) {
			if byName[name] == nil {
				t.Fatal("there is no such service")
			}
			checkAnswers(t, byName[name], file)
		})
	}
}

func checkAnswers(t *testing.T, s *service.Spec, path string) {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		parts := strings.SplitN(lines.Text(), "|", 3)
		if len(parts) < 3 {
			t.Errorf("%q is not RESULT | STATUS | BODY", lines.Text())
			continue
		}
		status, err := strconv.Atoi(strings.TrimSpace(parts[1]))
		if err != nil {
			t.Errorf("%q has no status", lines.Text())
		}
		answer := &service.Answer{Status: status, Body: []byte(strings.TrimSpace(parts[2]))}
		if got, want := resultOf(s, answer), strings.TrimSpace(parts[0]); got != want {
			t.Errorf("%d %s: %s, want %s", answer.Status, answer.Body, got, want)
		}
	}
}

// resultOf tells what a service's answer means.
func resultOf(s *service.Spec, a *service.Answer) string {
	if s.Took(a) {
		return strings.TrimSpace("taken " + s.MessageID(a))
	}
	same := func(text string) string { return text }
	base := &event.SendError{Class: event.Target, Code: "status", Why: s.Title + " answered", Do: "look at the channel"}
	e := s.Refused(a, base, same)
	if e.Why == "" || e.Do == "" {
		return "unexplained"
	}
	return fmt.Sprint(e.Class, " ", e.Code)
}
