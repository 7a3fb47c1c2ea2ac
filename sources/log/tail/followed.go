package tail

import (
	"slices"
	"time"

	"tocsin/sources/log"
	"tocsin/sources/textfile"
)

// linger is how long a file that lost its name is read on when nothing is written to
// it: programs go on writing to it until they are told to begin a new one.
const linger = time.Minute

// part is a file that has the name that is followed, or had it.
type part struct {
	file  *textfile.File // nil: it is not open, and may be found again
	at    textfile.Place
	grown time.Time // when it was known to be alive: it has the name, or grew
	ended bool      // it lost its name and was read to its end
}

// followed is a name of a file that is followed.
type followed struct {
	path    string
	matcher *log.Matcher
	known   bool    // it was looked for before: a file that appears is new
	parts   []*part // oldest first; the last one has the name, or had it last
	waiting bool    // there is no such file, and this was said
}

// places are where it stands in its parts.
func (f *followed) places() []textfile.Place {
	places := make([]textfile.Place, len(f.parts))
	for i, p := range f.parts {
		places[i] = p.at
	}
	return places
}

func (f *followed) last() *part {
	if len(f.parts) == 0 {
		return nil
	}
	return f.parts[len(f.parts)-1]
}

// name looks at what has the name now. It reports whether that is another file than
// before, and whether lines may be lost because the one that was read is not found.
func (f *followed) name(now time.Time) (changed, lost bool, err error) {
	current, err := textfile.Open(f.path)
	if err != nil {
		return false, false, err
	}
	last := f.last()
	switch {
	case current == nil:
		changed = !f.known
		f.known = true
	case !f.known:
		at, err := current.End()
		if err != nil {
			current.Close()
			return false, false, err
		}
		f.known, changed = true, true
		f.parts = []*part{{file: current, at: at, grown: now}}
	case last == nil:
		changed = true
		f.parts = []*part{{file: current, at: current.Start(), grown: now}}
	case last.file != nil && last.file.Same(current) && current.Is(&last.at):
		last.file.Size, last.grown = current.Size, now
		current.Close()
	case last.file == nil && len(f.parts) == 1 && current.Is(&last.at):
		changed = true
		last.file, last.grown = current, now
	default:
		changed = true
		lost = f.rotate(append(rotated(f.path), current), now)
	}
	return changed, lost, nil
}

// rotate takes over what became of the parts: files are those that have or had the
// name, oldest first, and the last one has it now. What is behind the last part is new.
func (f *followed) rotate(files []*textfile.File, now time.Time) (lost bool) {
	fresh := files[len(files)-1:] // in which nothing was read
	var parts []*part
	for i, p := range f.parts {
		if p.file != nil && (p.file.Look() != nil || !p.file.Is(&p.at)) {
			p.file.Close() // written anew: what was in it may be in a copy
			p.file = nil
		}
		n := find(files, p)
		last := i == len(f.parts)-1
		switch {
		case n >= 0 && p.file == nil:
			p.file, p.at, p.grown = files[n], files[n].At(p.at), now
			fallthrough
		case p.file != nil:
			parts = append(parts, p)
		case last:
			lost = !p.ended
		}
		if n >= 0 && last {
			fresh = behind(files, n)
		}
	}
	for _, file := range fresh {
		p := &part{file: file, at: file.Start(), grown: now}
		if i := slices.IndexFunc(parts, func(old *part) bool { return old.file.Same(file) }); i >= 0 { // it has its name again
			p = parts[i]
			parts = slices.Delete(parts, i, i+1)
		}
		parts = append(parts, p)
	}
	f.parts = parts
	for _, file := range files {
		if !slices.ContainsFunc(f.parts, func(p *part) bool { return p.file == file }) {
			file.Close()
		}
	}
	return lost
}

// find returns which of several files a part is, or the newest that is a copy of it,
// or -1.
func find(files []*textfile.File, p *part) int {
	if p.file != nil {
		return slices.IndexFunc(files, p.file.Same)
	}
	if n := slices.IndexFunc(files, func(f *textfile.File) bool { return f.Is(&p.at) }); n >= 0 {
		return n
	}
	for n := len(files) - 1; n >= 0; n-- {
		if files[n].Holds(&p.at) {
			return n
		}
	}
	return -1
}

// behind returns the files that had the name after number n had it, and the one that
// has it.
func behind(files []*textfile.File, n int) []*textfile.File {
	current := len(files) - 1
	var list []*textfile.File
	for i := n + 1; i <= current; i++ {
		if i == current || alike(files[i], files[n]) {
			list = append(list, files[i])
		}
	}
	return list
}

// trim lets go what is too much, when all of it is read: the oldest.
func (f *followed) trim() {
	for len(f.parts) > maxParts {
		if file := f.parts[0].file; file != nil {
			file.Close()
		}
		f.parts = f.parts[1:]
	}
}

// close closes what is open.
func (f *followed) close() {
	for _, p := range f.parts {
		if p.file != nil {
			p.file.Close()
			p.file = nil
		}
	}
}
