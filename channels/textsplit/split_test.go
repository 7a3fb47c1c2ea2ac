package textsplit_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/textsplit"
)

func TestSplit(t *testing.T) {
	family := "👨‍👩‍👧"
	tests := map[string]struct {
		text    string
		limit   int
		measure textsplit.Measure
		want    []string
	}{
		"empty":                       {"", 10, textsplit.Runes, nil},
		"fits exactly":                {"0123456789", 10, textsplit.Runes, []string{"0123456789"}},
		"hard cut":                    {"0123456789abc", 10, textsplit.Runes, []string{"0123456789", "abc"}},
		"at a line end":               {"first line\nsecond one", 15, textsplit.Runes, []string{"first line\n", "second one"}},
		"line end before blank":       {"aaaaa\nbb cc dd", 11, textsplit.Runes, []string{"aaaaa\n", "bb cc dd"}},
		"line end right at the limit": {"aaaa\nbbbb", 5, textsplit.Runes, []string{"aaaa\n", "bbbb"}},
		"line end too early":          {"a\nbbbbbbbbbbbb", 10, textsplit.Runes, []string{"a\nbbbbbbbb", "bbbb"}},
		"at a blank":                  {"one two three four", 10, textsplit.Runes, []string{"one two ", "three four"}},
		"surrogate pairs":             {"🔥🔥🔥", 5, textsplit.UTF16, []string{"🔥🔥", "🔥"}},
		"bytes of umlauts":            {"äöüß", 5, textsplit.Bytes, []string{"äö", "üß"}},
		"accent stays":                {"abce\u0301f", 4, textsplit.Runes, []string{"abc", "e\u0301f"}},
		"family stays":                {"xxxx" + family, 10, textsplit.UTF16, []string{"xxxx", family}},
		"flags stay":                  {"🇩🇪🇫🇷", 6, textsplit.UTF16, []string{"🇩🇪", "🇫🇷"}},
		"skin tone stays":             {"abc👍🏽", 6, textsplit.UTF16, []string{"abc", "👍🏽"}},
		"carriage return stays":       {"abc\r\ndef", 4, textsplit.Runes, []string{"abc", "\r\n", "def"}},
		"sequence over the limit":     {family, 3, textsplit.UTF16, []string{"👨\u200d", "👩\u200d", "👧"}},
		"character over the limit":    {"🔥🔥", 1, textsplit.UTF16, []string{"🔥", "🔥"}},
		"no room at all":              {"ab", 0, textsplit.Runes, []string{"a", "b"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := textsplit.Split(tt.text, tt.limit, tt.measure)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Split (-want +got):\n%s", diff)
			}
		})
	}
}

// A measure may count what escaping will add.
func TestSplitWithEscapes(t *testing.T) {
	entities := func(r rune) int {
		if r == '<' {
			return len("&lt;")
		}
		return 1
	}
	got := textsplit.Split("<<<<<", 9, entities)
	if diff := cmp.Diff([]string{"<<", "<<", "<"}, got); diff != "" {
		t.Errorf("Split (-want +got):\n%s", diff)
	}
}

func TestClip(t *testing.T) {
	tests := map[string]struct {
		text  string
		limit int
		want  string
	}{
		"fits":               {"short", 5, "short"},
		"cut":                {"0123456789abc", 10, "01234567 …"},
		"cut at a blank":     {"12345 789abc", 10, "12345 …"},
		"no room for text":   {"abcdef", 2, " …"},
		"mark alone, barely": {"🔥🔥🔥", 3, " …"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := textsplit.Clip(tt.text, tt.limit, textsplit.UTF16, " …"); got != tt.want {
				t.Errorf("Clip = %q, want %q", got, tt.want)
			}
		})
	}
}

// Short lines must not turn a text into many tiny pieces.
func TestPiecesStayFew(t *testing.T) {
	text := strings.Repeat("a\n"+strings.Repeat("b", 99), 100)
	pieces := textsplit.Split(text, 100, textsplit.Runes)
	if most := 2 * len(text) / 100; len(pieces) > most+1 {
		t.Errorf("%d pieces of a text of %d limits", len(pieces), len(text)/100)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("plain text\nwith lines", 7)
	f.Add("👨‍👩‍👧🇩🇪🇩🇪👍🏽e\u0301", 4)
	f.Add("\xff\xfe broken \xf0\x9f", 3)
	f.Add("\r\n\r\n", 1)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = limit & 0xff
		pieces := textsplit.Split(text, limit, textsplit.UTF16)
		if got := strings.Join(pieces, ""); got != text {
			t.Fatalf("the pieces joined are %q, want %q", got, text)
		}
		for _, piece := range pieces {
			if piece == "" {
				t.Fatal("an empty piece")
			}
			if n := textsplit.Width(piece, textsplit.UTF16); n > limit && utf8.RuneCountInString(piece) > 1 {
				t.Fatalf("piece %q has %d units, limit %d", piece, n, limit)
			}
			if utf8.ValidString(text) && !utf8.ValidString(piece) {
				t.Fatalf("piece %q cuts a character", piece)
			}
		}
		clipped := textsplit.Clip(text, limit+2, textsplit.UTF16, " …")
		if n := textsplit.Width(clipped, textsplit.UTF16); n > limit+2 {
			t.Fatalf("clipped text has %d units, limit %d", n, limit+2)
		}
	})
}
