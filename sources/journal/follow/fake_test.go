package follow

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestJournalctl is no test: it is the journalctl of the others, which run this
// program again. It follows a file of entries, and does what lines that begin with
// ! say, each once.
func TestJournalctl(t *testing.T) {
	i := 0
	for i < len(os.Args) && os.Args[i] != "--journal" {
		i++
	}
	if i == len(os.Args) {
		t.Skip("it is only run by other tests")
	}
	j := &fakeJournal{path: os.Args[i+1]}
	for _, arg := range os.Args[i+2:] {
		switch {
		case strings.HasPrefix(arg, "--cursor="):
			j.from = strings.TrimPrefix(arg, "--cursor=")
		case arg == "--lines=1":
			j.last = true
		}
	}
	j.follow()
}

type fakeJournal struct {
	path, from string
	last       bool
	line       int
}

func (j *fakeJournal) follow() {
	if j.from == "cursor of nobody" {
		fmt.Fprintln(os.Stderr, "Failed to seek to cursor: Invalid argument")
		os.Exit(1)
	}
	list := j.read()
	start := len(list)
	switch {
	case j.from != "":
		start = 0
		for start < len(list) && numberOf(list[start]) < parseCursor(j.from).number {
			start++
		}
	case j.last:
		for start = len(list) - 1; start > 0 && strings.HasPrefix(list[start], "!"); start-- {
		}
		start = max(start, 0)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) { // a lost one ends by itself
		for list = j.read(); start < len(list); start++ {
			j.print(start, list[start])
		}
	}
}

func numberOf(line string) uint64 {
	var entry struct {
		Cursor string `json:"__CURSOR"`
	}
	_ = json.Unmarshal([]byte(line), &entry)
	return parseCursor(entry.Cursor).number
}

func (j *fakeJournal) read() []string {
	f, err := os.Open(j.path)
	if err != nil {
		return nil
	}
	defer f.Close()
	var list []string
	for s := bufio.NewReader(f); ; {
		line, err := s.ReadString('\n')
		if err != nil {
			return list
		}
		list = append(list, strings.TrimSuffix(line, "\n"))
	}
}

func (j *fakeJournal) print(n int, line string) {
	order, isOrder := strings.CutPrefix(line, "!")
	if !isOrder {
		fmt.Println(line)
		return
	}
	mark := filepath.Join(filepath.Dir(j.path), fmt.Sprint("done-", n))
	if _, err := os.Stat(mark); err == nil {
		return
	}
	_ = os.WriteFile(mark, nil, 0o600)
	word, rest, _ := strings.Cut(order, " ")
	switch word {
	case "exit":
		os.Exit(3)
	case "raw":
		fmt.Println(rest)
	case "half":
		fmt.Print(rest)
		os.Exit(0)
	case "huge":
		fmt.Println(`{"MESSAGE":"` + strings.Repeat("x", 2*maxLine) + `"}`)
	case "complain":
		fmt.Fprintln(os.Stderr, rest)
	}
}
