package tail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"tocsin/sources"
	"tocsin/sources/textfile"
)

// run is one run of a tail.
type run struct {
	*Tail
	ctx     context.Context
	desk    sources.Desk
	notices *notices
	files   []*followed
	lines   textfile.Reader

	file     *followed // that is read
	now      time.Time // when it is
	findings []sources.Finding
	changed  bool      // the position, since it was kept
	urgent   bool      // it says of a file that it is known
	moved    time.Time // when the position was kept
	told     map[string]time.Time
}

func (r *run) end() {
	r.notices.close()
	for _, f := range r.files {
		f.close()
	}
}

// look reads what is new in all files, and reports whether there is more. An error
// says that it could not be kept, as ctx ended.
func (r *run) look() (more bool, err error) {
	var troubles []string
	for _, f := range r.files {
		again, err := r.read(f)
		if r.ctx.Err() != nil {
			return false, r.ctx.Err()
		}
		if err != nil {
			troubles = append(troubles, hindrance(f.path, err))
		}
		more = more || again
	}
	if err := r.keep(false); err != nil {
		return false, err
	}
	r.desk.Report(summary(troubles))
	return more, nil
}

// maxTroubles is of how many files a report tells.
const maxTroubles = 3

func summary(troubles []string) string {
	if rest := len(troubles) - maxTroubles; rest > 0 {
		troubles = append(troubles[:maxTroubles:maxTroubles], fmt.Sprintf("and %d more files", rest))
	}
	return strings.Join(troubles, "; ")
}

// hindrance tells what keeps a file from being read, and what to do.
func hindrance(path string, err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Sprintf("the log %s cannot be read: %v: let the daemon's user be in the group of the file, on Debian adm", path, err)
	}
	return fmt.Sprintf("the log %s cannot be read: %v", path, err)
}

// read reads what is new in a file, and in those that had its name before.
func (r *run) read(f *followed) (more bool, err error) {
	r.file, r.now = f, time.Now()
	known := f.known
	changed, lost, fault := f.name(r.now)
	if changed {
		r.changed = true
		r.urgent = r.urgent || !known
		r.notices.watch(f.path)
	}
	if lost {
		r.warn("lost "+f.path, "a log file is not the one that was read last, which is gone: lines of it may be missing", "path", f.path)
	}
	r.wait(f)
	for i := 0; i < len(f.parts); i++ {
		p := f.parts[i]
		if p.file == nil {
			continue
		}
		over := r.now.Sub(p.grown) >= linger
		more, err := r.part(p, over)
		if more || r.ctx.Err() != nil {
			return more, fault
		}
		if fault = errors.Join(fault, err); !over {
			continue
		}
		p.file.Close()
		p.file, r.changed = nil, true
		if i < len(f.parts)-1 {
			f.parts = slices.Delete(f.parts, i, i+1)
			i--
		}
	}
	f.trim()
	return false, fault
}

// part reads on in one file. One that is over is read to its very end.
func (r *run) part(p *part, over bool) (more bool, err error) {
	if err := p.file.Look(); err != nil {
		return false, err
	}
	before := p.at
	more, err = r.lines.Read(p.file, &p.at, over, maxTurn)
	if p.at != before {
		p.grown, r.changed = r.now, true
	}
	p.ended = over && err == nil && !more
	return more, err
}

// wait says once that a file is not there.
func (r *run) wait(f *followed) {
	if last := f.last(); last != nil {
		f.waiting = false
	} else if f.known && !f.waiting {
		f.waiting = true
		r.Log.Info("a log file is not there yet: it is read as soon as it is", "path", f.path)
	}
}

// line takes a line of the file that is read.
func (r *run) line(line []byte) error {
	matches, faults := r.file.matcher.Match(line, r.now)
	if len(matches)+len(faults) == 0 {
		return nil
	}
	for i := range matches {
		r.findings = append(r.findings, sources.Finding{Event: &matches[i].Event})
	}
	if n := len(r.findings); len(matches) > 0 {
		r.findings[n-1].Position = r.position() // of a line with several events all are kept, or it comes again
	}
	for _, f := range faults {
		r.warn(f.Rule.Name+" "+f.Part, "a source failed over a line", "place", f.Rule.Place, "part", f.Part, "path", r.file.path, "err", f.Err)
	}
	if len(r.findings) >= maxFindings {
		return r.keep(true)
	}
	return nil
}

// long takes the beginning of a line that is too long. A pattern that fits it might
// not fit the line.
func (r *run) long([]byte) error {
	r.warn("long "+r.file.path, "a log file has lines that are too long, which are left out", "path", r.file.path, "most", textfile.MaxLine)
	return nil
}

// position is where everything stands.
func (r *run) position() string {
	p := position{}
	for _, f := range r.files {
		if f.known {
			p[f.path] = f.places()
		}
	}
	return p.String()
}

// keep hands in what was found, and the position alone now and then.
func (r *run) keep(full bool) error {
	due := full || r.urgent || r.changed && r.now.Sub(r.moved) >= moveEvery
	if len(r.findings) == 0 && !due {
		return nil
	}
	err := r.desk.Keep(r.ctx, r.position(), r.findings...)
	clear(r.findings)
	r.findings, r.changed, r.urgent, r.moved = r.findings[:0], false, false, r.now
	return err
}

// warn logs what may come again and again.
func (r *run) warn(key, message string, args ...any) {
	if last, ok := r.told[key]; ok && r.now.Sub(last) < logEvery {
		return
	}
	if len(r.told) > 1000 {
		clear(r.told)
	}
	r.told[key] = r.now
	r.Log.Warn(message, args...)
}
