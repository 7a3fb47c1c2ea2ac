package pattern

import (
	"bytes"
	"regexp"
)

// colour finds the sequences by which programs colour what they write on a
// terminal.
var colour = regexp.MustCompile("\x1b\\[[0-9;:?]*[ -/]*[@-~]")

// Bare returns a text without colours and without blanks at its end, as patterns
// see it.
func Bare(text []byte) []byte {
	if bytes.IndexByte(text, 0x1b) >= 0 {
		text = colour.ReplaceAll(text, nil)
	}
	return bytes.TrimRight(text, " \t\r\n")
}
