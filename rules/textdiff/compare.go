package textdiff

import "slices"

// edit replaces the lines from..to of the old text by added lines of the new
// one, which begin there at at.
type edit struct{ from, to, at, added int }

// maxWork bounds the search for the shortest diff. Beyond it, what is between
// the equal beginning and the equal end is replaced as a whole.
const maxWork = 4_000_000

// compare returns the edits that lead from a to b, in order.
func compare(a, b []string) []edit {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	if start == endA && start == endB {
		return nil
	}
	if (endA-start)*(endB-start) > maxWork {
		return []edit{{start, endA, start, endB - start}}
	}
	return between(a[start:endA], b[start:endB], start)
}

// between finds the edits by the longest common subsequence.
func between(a, b []string, offset int) []edit {
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var edits []edit
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
			continue
		}
		e := edit{from: i + offset, at: j + offset}
		for (i < len(a) || j < len(b)) && !(i < len(a) && j < len(b) && a[i] == b[j]) {
			if j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1] {
				i++
			} else {
				j++
			}
		}
		e.to, e.added = i+offset, j+offset-e.at
		edits = append(edits, e)
	}
	return slices.Clip(edits)
}
