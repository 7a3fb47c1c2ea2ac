package textfile

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write makes a file and opens it.
func write(t testing.TB, text string) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.log")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// taker takes lines, and marks those that are too long.
type taker struct{ lines []string }

func (l *taker) reader() *Reader {
	return &Reader{
		Each: func(line []byte) error { l.lines = append(l.lines, string(line)); return nil },
		Long: func(begin []byte) error {
			l.lines = append(l.lines, fmt.Sprintf("%d long, %c", len(begin), begin[0]))
			return nil
		},
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", MaxLine)
	for name, c := range map[string]struct {
		text   string
		closed bool
		want   []string
		rest   int64 // that is not read
	}{
		"empty":           {"", true, nil, 0},
		"whole":           {"a\n\nb\n", false, []string{"a", "", "b"}, 0},
		"half":            {"a\nb", false, []string{"a"}, 1},
		"half, closed":    {"a\nb", true, []string{"a", "b"}, 0},
		"longest":         {long + "\n", false, []string{long}, 0},
		"too long":        {long + "x\na\n", false, []string{"65536 long, x", "a"}, 0},
		"too long, open":  {"a\n" + long + "x", false, []string{"a", "65536 long, x"}, 0},
		"longest, open":   {long, false, nil, MaxLine},
		"far too long":    {strings.Repeat("y", 3*chunk) + "\na\n", false, []string{"65536 long, y", "a"}, 0},
		"a hole":          {strings.Repeat("\x00", 2*chunk) + "a\n\x00b\n", false, []string{"a", "b"}, 0},
		"zeros in a line": {"a\x00b\n", false, []string{"a\x00b"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var got taker
			f := write(t, c.text)
			at := f.Start()
			more, err := got.reader().Read(f, &at, c.closed, math.MaxInt64)
			if err != nil || more || !slices.Equal(got.lines, c.want) || f.Size-at.Offset != c.rest {
				t.Errorf("%v %v, %d lines, %d bytes are left", more, err, len(got.lines), f.Size-at.Offset)
			}
			if again, err := Open(f.Name()); err != nil || !again.Is(&at) {
				t.Errorf("it is not known again: %v", err)
			} else {
				again.Close()
			}
		})
	}
}

func TestTheReadingStopsAtAnError(t *testing.T) {
	f := write(t, "a\nb\nc\n")
	at, enough := f.Start(), errors.New("enough")
	r := Reader{Each: func(line []byte) error {
		if string(line) == "b" {
			return enough
		}
		return nil
	}}
	if _, err := r.Read(f, &at, false, math.MaxInt64); err != enough || at.Offset != 4 {
		t.Errorf("%v at %d", err, at.Offset)
	}
}

func TestAPortion(t *testing.T) {
	f := write(t, strings.Repeat("a line\n", 600_000))
	n, at := 0, f.Start()
	r := Reader{Each: func([]byte) error { n++; return nil }}
	portions := 0
	for more := true; more; portions++ {
		var err error
		if more, err = r.Read(f, &at, false, chunk); err != nil {
			t.Fatal(err)
		}
	}
	if n != 600_000 || portions < 3 {
		t.Errorf("%d lines in %d portions", n, portions)
	}
}

func TestWhichFileItIs(t *testing.T) {
	f := write(t, "a first line\nsecond\nhalf")
	end, err := f.End()
	if err != nil || end.Offset != 20 {
		t.Fatalf("%+v, %v", end, err)
	}
	copied, other, short := write(t, "a first line\nsecond\nand more\n"), write(t, "another line\nsecond\nhalf"), write(t, "a first line\n")
	if !f.Is(&end) || copied.Is(&end) || !copied.Holds(&end) || other.Holds(&end) || short.Holds(&end) {
		t.Error("a file is taken for another one")
	}
	start := f.Start()
	if !f.Is(&start) || f.Holds(&start) {
		t.Error("a file of which nothing was read is known by its number alone")
	}
	if at := copied.At(end); !copied.Is(&at) {
		t.Error("a place in a copy")
	}
	if err := os.WriteFile(f.Name(), []byte("another line\nsecond\nhalf and more"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Look(); err != nil || f.Is(&end) {
		t.Error("a file that was written anew is taken for the old one")
	}
	var got taker
	if _, err := got.reader().Read(f, &end, false, math.MaxInt64); err != nil || len(got.lines) > 0 {
		t.Errorf("%q is read of it, %v", got.lines, err)
	}
}

func TestWhatIsOpened(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.WriteFile(path("file"), nil, 0o600), os.Symlink("file", path("link")), os.Symlink("nowhere", path("dangling")), os.Mkdir(path("folder"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"file": "", "link": "", "folder": "is no regular file"} {
		f, err := Open(path(name))
		if err == nil {
			f.Close()
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	for _, name := range []string{"nothing", "dangling"} {
		if f, err := Open(path(name)); f != nil || err != nil {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
	if f, err := Open("/dev/null"); err == nil {
		f.Close()
		t.Error("a device is opened")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can make the link of another user")
	}
	if err := os.Lchown(path("link"), 1234, 1234); err != nil {
		t.Fatal(err)
	}
	if f, err := Open(path("link")); err == nil {
		f.Close()
		t.Error("a stranger's link to another user's file is followed")
	} else if !strings.Contains(err.Error(), "user 1234") {
		t.Error(err)
	}
}

// However a file is cut into looks, the lines are those that it has.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\n\x00c\nd"), uint16(3))
	f.Add(bytes.Repeat([]byte("x"), 3*MaxLine), uint16(40_000))
	f.Add(append(bytes.Repeat([]byte("x"), MaxLine+1), "\ny\n\x00\x00z\n"...), uint16(MaxLine-1))
	f.Fuzz(func(t *testing.T, text []byte, step uint16) {
		whole, cut := read(t, text, len(text)+1), read(t, text, max(int(step), len(text)/20+1))
		if !slices.Equal(whole, cut) {
			t.Errorf("at once %d lines, in steps %d", len(whole), len(cut))
		}
		for _, line := range whole {
			if len(line) > MaxLine || strings.Contains(line, "\n") {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
	})
}

// read reads a text that grows by a step at a time, each time with another reader, and
// at the end what is left.
func read(t *testing.T, text []byte, step int) []string {
	f := write(t, "")
	var got taker
	at := f.Start()
	for from := 0; from < len(text); from += step {
		to := min(from+step, len(text))
		w, err := os.OpenFile(f.Name(), os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = w.Write(text[from:to])
			err = errors.Join(err, w.Close(), f.Look())
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := got.reader().Read(f, &at, to == len(text), math.MaxInt64); err != nil {
			t.Fatal(err)
		}
	}
	return got.lines
}
