package pve

import "strings"

// command is a command line in its words.
type command []string

// guests are the numbers that the job was asked to back up by name.
func (c command) guests() []string {
	var ids []string
	for _, word := range c[min(1, len(c)):] {
		if !isDigits(word) {
			break
		}
		ids = append(ids, word)
	}
	return ids
}

// option is the value of "--name value" or "--name=value".
func (c command) option(name string) string {
	for i, word := range c {
		if word == "--"+name && i+1 < len(c) {
			return c[i+1]
		}
		if value, ok := strings.CutPrefix(word, "--"+name+"="); ok {
			return value
		}
	}
	return ""
}

// shellWords splits a command line at blanks, as a shell would: the template
// of a job's notes may hold blanks and what looks like an option.
func shellWords(line string) command {
	var words command
	var word strings.Builder
	inWord, inQuotes := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'':
			inWord, inQuotes = true, !inQuotes
		case inQuotes:
			word.WriteByte(c)
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
			inWord = true
		case c == ' ':
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}
