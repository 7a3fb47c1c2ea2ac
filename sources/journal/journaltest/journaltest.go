// Package journaltest stands in for journalctl in tests: it follows a file of
// entries as journalctl follows a journal, and fails in the ways that it is told.
package journaltest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// maxLife ends a stand-in that its test forgot.
const maxLife = 2 * time.Minute

// Entry returns a line for the file: an entry with a number, written at a moment
// by the program app, with these fields besides.
func Entry(number int, at time.Time, fields map[string]string) string {
	entry := map[string]string{
		"__CURSOR": Cursor(number), "__REALTIME_TIMESTAMP": fmt.Sprint(at.UnixMicro()), "__MONOTONIC_TIMESTAMP": "86878598500",
		"SYSLOG_IDENTIFIER": "app", "PRIORITY": "6", "_UID": "0", "_TRANSPORT": "syslog",
	}
	maps.Copy(entry, fields)
	line, err := json.Marshal(entry)
	if err != nil {
		panic(err) // texts always marshal
	}
	return string(line)
}

// Cursor is the cursor of the entry with a number.
func Cursor(number int) string {
	return fmt.Sprintf("s=aa;i=%x;b=bb;m=1;t=64cf0c75899e4;x=1", number)
}

func numberIn(cursor string) uint64 {
	for part := range strings.SplitSeq(cursor, ";") {
		if hex, ok := strings.CutPrefix(part, "i="); ok {
			n, _ := strconv.ParseUint(hex, 16, 64)
			return n
		}
	}
	return 0
}

// Serve is journalctl over a file: its arguments are those of journalctl. It prints
// the file, or follows it until the process ends if they say so. Lines of it that begin with ! say what
// goes wrong there, once: !exit, !raw TEXT, !half TEXT (and exit), !huge SIZE,
// !complain TEXT (on standard error).
func Serve(path string, args []string) {
	j, follows := &server{path: path}, false
	for _, arg := range args {
		switch {
		case strings.HasPrefix(arg, "--cursor="):
			j.from = strings.TrimPrefix(arg, "--cursor=")
		case arg == "--lines=1":
			j.last = true
		case arg == "--follow":
			follows = true
		}
	}
	if !follows {
		for n, line := range j.read() {
			j.print(n, line)
		}
		return
	}
	j.follow()
}

type server struct {
	path, from string
	last       bool
}

func (j *server) follow() {
	if j.from == "cursor of nobody" {
		fmt.Fprintln(os.Stderr, "Failed to seek to cursor: Invalid argument")
		os.Exit(1)
	}
	list := j.read()
	start := len(list)
	switch {
	case j.from != "":
		start = 0
		for start < len(list) && numberOf(list[start]) < numberIn(j.from) {
			start++
		}
	case j.last:
		for start = len(list) - 1; start > 0 && strings.HasPrefix(list[start], "!"); start-- {
		}
		start = max(start, 0)
	}
	parent := os.Getppid() // whose death journalctl sees by its standard output
	for end := time.Now().Add(maxLife); time.Now().Before(end) && os.Getppid() == parent; time.Sleep(5 * time.Millisecond) {
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
	return numberIn(entry.Cursor)
}

func (j *server) read() []string {
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

func (j *server) print(n int, line string) {
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
		size, _ := strconv.Atoi(rest)
		fmt.Println(`{"MESSAGE":"` + strings.Repeat("x", size) + `"}`)
	case "complain":
		fmt.Fprintln(os.Stderr, rest)
	}
}
