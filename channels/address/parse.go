package address

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLength bounds an address, in bytes.
const maxLength = 8 << 10

// Parse reads an address. Its error is an *Error.
func Parse(text string) (URL, error) {
	p, err := parse(text)
	if err != nil {
		return URL{}, err
	}
	return URL{&p}, nil
}

func parse(text string) (*parts, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, &Error{Problem: "the address is empty", Remedy: "write it as service://…"}
	case len(text) > maxLength:
		return nil, &Error{
			Problem: fmt.Sprintf("the address is longer than %d bytes", maxLength),
			Remedy:  "give fewer targets, or spread them over several addresses",
		}
	}
	scheme, rest, err := cutScheme(text)
	if err != nil {
		return nil, err
	}
	r := reader{layout: newLayout(rest), parts: &parts{text: text, scheme: scheme}}
	for _, step := range []func() error{r.characters, r.authority, r.path, r.query, r.overrides} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return r.parts, nil
}

// cutScheme splits text at "://".
func cutScheme(text string) (scheme, rest string, err error) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return "", "", &Error{
			Problem: "the address has no scheme",
			Remedy:  "begin it with the name of the service and ://, as in ntfy://topic",
		}
	}
	scheme = strings.ToLower(scheme)
	if !isScheme(scheme) {
		return "", "", &Error{
			Problem: "what stands before :// is no scheme",
			Remedy:  "begin with the name of the service, of letters and digits, as in ntfy://topic",
		}
	}
	return scheme, rest, nil
}

func isScheme(text string) bool {
	if text == "" || len(text) > 32 {
		return false
	}
	for _, b := range []byte(text) {
		if !isAlnum(b) && b != '+' && b != '-' && b != '.' {
			return false
		}
	}
	return isAlnum(text[0])
}

func isAlnum(b byte) bool { return 'a' <= b && b <= 'z' || '0' <= b && b <= '9' }

// reader fills parts from the text behind the scheme, one part after another.
type reader struct {
	layout
	*parts
}

// layout is where the parts of an address stand, still encoded.
type layout struct {
	all       string
	authority int // length of user, password, host and port
	path      int // where the path ends
}

func newLayout(rest string) layout {
	l := layout{all: rest, path: len(rest)}
	if i := strings.IndexByte(rest, '?'); i >= 0 {
		l.path = i
	}
	l.authority = l.path
	if i := strings.IndexByte(rest[:l.path], '/'); i >= 0 {
		l.authority = i
	}
	return l
}

// place names the part that the byte at i belongs to.
func (l layout) place(i int) string {
	switch {
	case i >= l.path:
		return "the query"
	case i >= l.authority:
		n := 0
		for _, s := range strings.Split(l.all[l.authority:i], "/") {
			if s != "" {
				n++
			}
		}
		if l.all[i-1] == '/' {
			n++
		}
		return fmt.Sprintf("path segment %d", n)
	}
	at := strings.LastIndexByte(l.all[:l.authority], '@')
	colon := strings.IndexByte(l.all[:l.authority], ':')
	switch {
	case i > at:
		return "the host's place"
	case colon >= 0 && i > colon:
		return "the password"
	}
	return "the user"
}

// fail makes an error of the address at hand.
func (r *reader) fail(problem, remedy string) error {
	return &Error{Scheme: r.scheme, Problem: problem, Remedy: remedy}
}

// characters refuses what no address is written with.
func (r *reader) characters() error {
	for i, c := range r.all {
		switch {
		case c == utf8.RuneError && !strings.HasPrefix(r.all[i:], "\ufffd"):
			return r.fail(r.place(i)+" holds bytes that are no UTF-8", "write it in UTF-8, or escape it")
		case c == ' ':
			return r.fail(r.place(i)+" holds a space", "write a space as %20, and each address as a text of its own")
		case unicode.IsSpace(c) || unicode.IsControl(c):
			return r.fail(r.place(i)+" holds a control character or line end", "remove it: it often comes with a copied text")
		case c == '#' && i < r.layout.authority:
			return r.fail(r.place(i)+" holds a # that is not escaped", "write # as %23")
		}
	}
	return nil
}

// decode resolves the escapes of the part that stands at offset.
func (r *reader) decode(part string, offset int) (string, error) {
	text, ok := unescape(part)
	if !ok {
		return "", r.fail(r.place(offset)+" holds a % that begins no escape", "write % as %25")
	}
	if !utf8.ValidString(text) {
		return "", r.fail(r.place(offset)+" holds escapes that are no UTF-8", "escape the bytes of its UTF-8 form")
	}
	if strings.ContainsFunc(text, unicode.IsControl) && (offset < r.layout.path || strings.ContainsRune(text, 0)) {
		return "", r.fail(r.place(offset)+" holds an escaped control character", "remove it: it often comes with a copied text")
	}
	return text, nil
}

// path reads the segments.
func (r *reader) path() error {
	offset := r.layout.authority
	path := r.all[offset:r.layout.path]
	for raw := range strings.SplitSeq(path, "/") {
		if raw != "" {
			text, err := r.decode(raw, offset)
			if err != nil {
				return err
			}
			r.parts.path = append(r.parts.path, text)
		}
		offset += len(raw) + 1
	}
	r.parts.slash = strings.HasSuffix(path, "/")
	return nil
}
