package ruletest

import "fmt"

// Line is a type that was expected, told, or both.
type Line struct {
	Sign rune // '-' expected and not told, '+' told and not expected, ' ' both
	Text string
}

// maxCompared bounds the lists that are compared element by element.
const maxCompared = 500

// diff compares what was expected with what was told.
func diff(want, got []string) []Line {
	cut := len(want) > maxCompared || len(got) > maxCompared
	want, got = want[:min(len(want), maxCompared)], got[:min(len(got), maxCompared)]
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
	if cut {
		lines = append(lines, Line{' ', "…"})
	}
	return shorten(lines)
}

// longestCommon returns, for each pair of suffixes, the length of their longest
// common subsequence.
func longestCommon(a, b []string) [][]int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
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

// The lines that are shown around a difference, and in a row of equal ones.
const (
	around = 2
	row    = 6
)

// shorten leaves out long rows of lines with the same sign.
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
	return out
}

func more(n int) string { return fmt.Sprintf("… %d more", n) }
