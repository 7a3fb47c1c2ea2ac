package address

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// SplitList returns the items of a list that commas, semicolons, white space or
// square brackets separate, each once, in order.
func SplitList(text string) []string {
	var list []string
	for item := range strings.FieldsFuncSeq(text, separates) {
		if !slices.Contains(list, item) {
			list = append(list, item)
		}
	}
	return list
}

func separates(c rune) bool {
	return unicode.IsSpace(c) || strings.ContainsRune("[];,", c)
}

// The digits of a phone number, by the numbering plan of E.164.
const (
	minDigits = 7
	maxDigits = 15
)

// phone is a word that SplitPhones takes for a number or its part, with the
// "word:" that some services put in front.
var phone = regexp.MustCompile(`^(?:[A-Za-z]+:)?\(*\+?[0-9().\-/]*[0-9][0-9().\-/]*$`)

// SplitPhones returns the phone numbers of a list, each once, as digits with
// the plus sign and the "word:" that they were given with. Numbers may hold
// spaces, dashes, dots, slashes and parentheses. A comma, a semicolon, a line
// end or a plus sign begins the next one, and so does a space behind a number
// that another would make too long. What is no phone number is returned as it
// is, so that the caller can tell of it.
func SplitPhones(text string) []string {
	var list []string
	for piece := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune(",;\r\n[]", c) }) {
		for _, number := range joinPhones(strings.Fields(parted(piece))) {
			if !slices.Contains(list, number) {
				list = append(list, number)
			}
		}
	}
	return list
}

// parted sets a space before each plus sign of numbers written without one.
func parted(piece string) string {
	if strings.Trim(piece, "+0123456789().-/ \t") != "" {
		return piece
	}
	return strings.ReplaceAll(strings.ReplaceAll(piece, "+", " +"), "( +", "(+")
}

// joinPhones puts the words of a phone number together again.
func joinPhones(words []string) []string {
	var list []string
	current := ""
	flush := func() {
		if current != "" {
			list = append(list, current)
			current = ""
		}
	}
	for _, word := range words {
		if !phone.MatchString(word) && !opens(word) {
			flush()
			list = append(list, word)
			continue
		}
		if begins(current, word) {
			flush()
		}
		current += bare(word)
	}
	flush()
	return list
}

// opens reports whether word is the start of a number that has no digit yet.
func opens(word string) bool {
	return strings.Trim(word, "+().-/") == "" || strings.HasSuffix(word, ":") && !strings.ContainsAny(word, "0123456789@#")
}

// begins reports whether word is the start of a number behind current.
func begins(current, word string) bool {
	before, here := digits(current), digits(word)
	switch {
	case before == 0:
		return false
	case strings.ContainsAny(word, "+:"):
		return true
	}
	return before >= minDigits && here >= minDigits || before+here > maxDigits
}

// bare drops the marks between digits.
func bare(word string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("().-/", c) {
			return -1
		}
		return c
	}, word)
}

func digits(text string) int {
	n := 0
	for _, c := range text {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}
