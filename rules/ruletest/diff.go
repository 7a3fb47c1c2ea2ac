package ruletest

import "fmt"

// Line is a type that was expected, told, or both.
type Line struct {
	Sign rune // '-' expected and not told, '+' told and not expected, ' ' both
	Text string
}

// Bounds of a comparison.
const (
	maxCells = 1_000_000 // of the table; beyond it everything between the equal ends is replaced
	maxLines = 40        // shown
	around   = 2         // lines shown of a long row, at its begin and end
	row      = 6         // lines that are no long row yet
)

// diff compares what was expected with what was told. Both are short in words
// but may be long in number, so that equal ends are put aside first.
func diff(want, got []string) []Line {
	head := 0
	for head < len(want) && head < len(got) && want[head] == got[head] {
		head++
	}
	tail := 0
	for tail < len(want)-head && tail < len(got)-head && want[len(want)-1-tail] == got[len(got)-1-tail] {
		tail++
	}
	lines := signed(' ', want[:head])
	lines = append(lines, between(want[head:len(want)-tail], got[head:len(got)-tail])...)
	lines = append(lines, signed(' ', want[len(want)-tail:])...)
	return shorten(lines)
}

func signed(sign rune, types []string) []Line {
	lines := make([]Line, len(types))
	for i, t := range types {
		lines[i] = Line{sign, t}
	}
	return lines
}

// between compares two lists by their longest common subsequence.
func between(want, got []string) []Line {
	if len(want)*len(got) > maxCells {
		return append(signed('-', want), signed('+', got)...)
	}
	common := longestCommon(want, got)
	var lines []Line
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			lines = append(lines, Line{' ', want[i]})
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			lines = append(lines, Line{'-', want[i]})
			i++
		default:
			lines = append(lines, Line{'+', got[j]})
			j++
		}
	}
	return lines
}

// longestCommon returns, for each pair of suffixes, the length of their longest
// common subsequence.
func longestCommon(a, b []string) [][]int32 {
	table := make([][]int32, len(a)+1)
	for i := range table {
		table[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

// shorten leaves out the middle of long rows of lines with the same sign, and
// what is more than anybody reads.
func shorten(lines []Line) []Line {
	var out []Line
	for start := 0; start < len(lines); {
		end := start + 1
		for end < len(lines) && lines[end].Sign == lines[start].Sign {
			end++
		}
		run := lines[start:end]
		if len(run) > row {
			out = append(out, run[:around]...)
			out = append(out, Line{run[0].Sign, more(len(run) - 2*around)})
			run = run[len(run)-around:]
		}
		out = append(out, run...)
		start = end
	}
	if len(out) > maxLines {
		out = append(out[:maxLines], Line{' ', more(len(out) - maxLines)})
	}
	return out
}

func more(n int) string { return fmt.Sprintf("… %d more", n) }
