package pve

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Bounds on what is taken out of a text, so that a report of any size makes an
// event of bounded size. The message itself is kept whole.
const (
	maxList   = 500 // entries of a list
	maxReason = 300 // bytes of a reason
	maxNote   = 200 // bytes of one line about one guest
)

// gap separates the columns of a table; a single blank may stand in a value.
var gap = regexp.MustCompile(` {2,}`)

// columns splits a row of a table. The columns of Proxmox's tables drift where
// a name is not ASCII, so they are told by the gaps and not by position.
func columns(row string) []string { return gap.Split(strings.TrimSpace(row), -1) }

// shorten cuts text to about limit bytes out of its middle: the long command
// lines in the errors of Proxmox end in the cause.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	head, tail := limit*3/5, len(text)-limit*2/5
	for head > 0 && !utf8.RuneStart(text[head]) {
		head--
	}
	for tail < len(text) && !utf8.RuneStart(text[tail]) {
		tail++
	}
	return strings.TrimRight(text[:head], " ") + " … " + strings.TrimLeft(text[tail:], " ")
}

// capList cuts a list that is too long and says by how much.
func capList(list []string) []string {
	if len(list) <= maxList {
		return list
	}
	return append(list[:maxList:maxList], fmt.Sprintf("… and %d more", len(list)-maxList))
}

// oneLine is text on one line, shortened.
func oneLine(text string, limit int) string {
	// What is far beyond the limit cannot be seen anyway.
	if far := 16 * limit; len(text) > far {
		text = shorten(text, far)
	}
	return shorten(strings.Join(strings.Fields(text), " "), limit)
}

// joinReason puts a headline and its cause into one line.
func joinReason(headline, cause string) string {
	headline, cause = oneLine(headline, maxNote), oneLine(cause, maxReason)
	switch {
	case headline == "", headline == cause:
		return cause
	case cause == "":
		return headline
	}
	return headline + ": " + cause
}

// firstLine is the first line of text that is not blank.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// after returns what follows mark in text, and nothing when it is absent.
func after(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	return rest
}

// quoted returns what stands in the first pair of single quotes.
func quoted(text string) string {
	inner, _, closed := strings.Cut(after(text, "'"), "'")
	if !closed {
		return ""
	}
	return inner
}

// isDigits reports whether text is a number without sign.
func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// firstOf returns the first word that is not empty.
func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
