package address

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The bounds of a shape: its text in bytes and its parts.
const (
	maxShape  = 2 << 10
	maxFields = 64
)

// MustCompile compiles the shapes of a service that the program itself knows,
// and panics over one that is none.
func MustCompile(texts ...string) Set {
	out := make(Set, len(texts))
	for i, text := range texts {
		shape, err := Compile(text)
		if err != nil {
			panic(err)
		}
		out[i] = shape
	}
	return out
}

// Compile reads a shape. Its error is for the author of a service and quotes
// the shape.
func Compile(text string) (Shape, error) {
	s := Shape{text: text}
	if len(text) > maxShape {
		return Shape{}, fmt.Errorf("a shape is longer than %d bytes", maxShape)
	}
	if err := s.compile(); err != nil {
		return Shape{}, fmt.Errorf("shape %q: %w", text, err)
	}
	return s, nil
}

func (s *Shape) compile() error {
	schemes, rest, found := strings.Cut(s.text, "://")
	if !found {
		return errors.New("it lacks ://; write it as an address, as in ntfy://{topic}, or ://{topic} for every scheme")
	}
	if err := checkText(rest); err != nil {
		return err
	}
	if err := s.compileSchemes(schemes); err != nil {
		return err
	}
	rest, query, asks := cutOutside(rest, '?')
	authority, path, _ := cutOutside(rest, '/')
	if err := s.compileAuthority(authority); err != nil {
		return err
	}
	if err := s.compilePath(path); err != nil {
		return err
	}
	if asks {
		if err := s.compileQuery(query); err != nil {
			return err
		}
	}
	return s.check()
}

// checkText refuses what no shape is written with.
func checkText(text string) error {
	depth := 0
	for i := range walk(text) {
		depth = i.depth
		switch {
		case depth < 0:
			return errors.New("it has a } without {")
		case depth == 0 && i.b == '%':
			return errors.New("it holds a %; write the character itself, literal text is compared decoded")
		case i.b <= ' ' || i.b == 0x7f:
			return errors.New("it holds a space or control character; write \\x20 in a pattern")
		}
	}
	if depth != 0 {
		return errors.New("it has a { without }; a brace in a pattern is written \\{")
	}
	return nil
}

// compileSchemes reads "kodi(s)|xbmc".
func (s *Shape) compileSchemes(text string) error {
	if text == "" {
		return nil
	}
	for name := range strings.SplitSeq(text, "|") {
		plain, secure := strings.CutSuffix(name, "(s)")
		if !isScheme(plain) {
			return errors.New("its scheme is not of lower-case letters and digits; write it as in ntfy://, ntfy(s):// or mastodon|toot://")
		}
		s.schemes = append(s.schemes, plain)
		if secure {
			s.schemes = append(s.schemes, plain+"s")
		}
	}
	return nil
}

func (s *Shape) compileAuthority(text string) error {
	userinfo, hostport, has := lastOutside(text, '@')
	if !has {
		hostport = userinfo
	}
	host, port, hasPort := lastOutside(hostport, ':')
	if !hasPort {
		host = hostport
	}
	var err error
	if hasPort {
		if s.port, err = compilePart(port); err != nil {
			return err
		}
		if s.port.address && !has {
			// {key}:{sender@}: what looks like a port is the host.
			userinfo, has = host, true
			host, s.port = port, nil
		} else if s.port.field != "" && s.port.field != "port" || s.port.field == "" && !isPort(s.port.prefix) {
			return errors.New("what stands behind the host's colon is no port; write {port}, {port?} or a number, {name@} for an e-mail address, and a user in front of an @")
		}
	}
	if has {
		if err := s.compileUser(userinfo); err != nil {
			return err
		}
	}
	if host == "" {
		if s.port != nil {
			return errors.New("it has a port without a host")
		}
		return nil
	}
	slot, err := compileSlot(host)
	if err != nil {
		return err
	}
	s.host = &slot
	return nil
}

func (s *Shape) compileUser(text string) (err error) {
	user, password, has := cutOutside(text, ':')
	if s.user, err = compilePart(user); err != nil {
		return err
	}
	if has {
		s.password, err = compilePart(password)
	}
	return err
}

func (s *Shape) compilePath(text string) error {
	for text, more := text, text != ""; more; {
		var segment string
		segment, text, more = cutOutside(text, '/')
		if segment == "" {
			continue // a slash at the end means nothing
		}
		slot, err := compileSlot(segment)
		if err != nil {
			return err
		}
		s.path = append(s.path, slot)
	}
	return nil
}

func (s *Shape) compileQuery(text string) error {
	for more := true; more; {
		var pair string
		pair, text, more = cutOutside(text, '&')
		name, value, has := cutOutside(pair, '=')
		if !has {
			name, value = "", pair
		}
		p, err := compilePart(value)
		if err != nil {
			return err
		}
		if strings.Contains(name, "{") || !has && p.field == "" {
			return errors.New("its query is not of name=value, name={field} or {field} for a name without value")
		}
		s.query = append(s.query, queryPart{name, *p})
	}
	return nil
}

// compileSlot reads one part, or the lists that | separates.
func compileSlot(text string) (slot, error) {
	var s slot
	for more := true; more; {
		var one string
		one, text, more = cutOutside(text, '|')
		p, err := compilePart(one)
		if err != nil {
			return slot{}, err
		}
		s.parts = append(s.parts, *p)
	}
	for _, p := range s.parts {
		if len(s.parts) > 1 && p.list == single {
			return slot{}, errors.New("only lists may share a place by |; write them as #{channels...?}|{users...?}")
		}
	}
	return s, nil
}

// fieldText is what stands between braces: the name, marks, and a pattern.
var fieldText = regexp.MustCompile(`^([a-z][a-z0-9_]*)(@)?(/?\.\.\.|\+)?(\?)?(?::((?s:.+)))?$`)

// compilePart reads literal text with at most one field.
func compilePart(text string) (*part, error) {
	prefix, inside, suffix, err := cutField(text)
	if err != nil {
		return nil, err
	}
	p := &part{prefix: prefix, suffix: suffix}
	if inside == "" {
		if prefix == "" {
			return nil, errors.New("a part of it is empty")
		}
		return p, nil
	}
	m := fieldText.FindStringSubmatch(inside)
	if m == nil {
		return nil, fmt.Errorf("{%s} is no field; write {name}, {name?}, {name+}, {name...}, {name...?}, {name@} or {name:pattern}", inside)
	}
	p.field, p.address, p.optional = m[1], m[2] != "", m[4] != ""
	switch m[3] {
	case "...":
		p.list = items
	case "/...":
		p.list = segments
	case "+":
		p.joined = true
	}
	if p.source = m[5]; p.source != "" {
		if _, err := regexp.Compile(p.source); err != nil {
			return nil, fmt.Errorf("the pattern of {%s} is no regular expression: %w", p.field, err)
		}
		if p.pattern, err = regexp.Compile(`\A(?:` + p.source + `)\z`); err != nil {
			return nil, fmt.Errorf("the pattern of {%s} is too deep: %w", p.field, err)
		}
	}
	if p.address && (p.list != single || p.joined || p.optional || prefix+suffix != "") {
		return nil, fmt.Errorf("{%s} is an e-mail address; it is neither a list nor optional and stands alone", inside)
	}
	return p, nil
}

// cutField splits "before{inside}after". Without a field, inside is empty.
func cutField(text string) (before, inside, after string, err error) {
	open, end := -1, -1
	for i := range walk(text) {
		switch {
		case i.b == '{' && i.depth == 1 && open < 0 && i.opens:
			open = i.at
		case i.b == '{' && i.depth == 1 && i.opens:
			return "", "", "", errors.New("two fields stand in one part; separate them with / or, for lists, with |")
		case i.b == '}' && i.depth == 0 && end < 0:
			end = i.at
		}
	}
	if open < 0 {
		return text, "", "", nil
	}
	if end == open+1 {
		return "", "", "", errors.New("a field has no name; write {name}")
	}
	return text[:open], text[open+1 : end], text[end+1:], nil
}

// check holds the shape as a whole against its rules.
func (s *Shape) check() error {
	lists, joined := 0, 0
	if s.host != nil && s.host.parts[0].joined {
		joined++
		if s.port != nil {
			return fmt.Errorf("{%s+} takes segments of the path too; no port may follow it", s.host.parts[0].field)
		}
	}
	if s.host != nil && s.host.parts[0].list != single {
		lists++
		if len(s.path) > 0 || s.port != nil {
			return errors.New("a list in the host's place takes the path too; nothing may follow it")
		}
	}
	for _, slot := range s.path {
		if slot.parts[0].list != single {
			lists++
		}
		if slot.parts[0].joined {
			joined++
		}
	}
	if joined > 1 {
		return errors.New("two fields of several segments stand in its path; nobody knows where the second begins")
	}
	if lists > 1 {
		return errors.New("two lists stand in its path; let them share one place by |")
	}
	fields := s.Fields()
	if len(fields) > maxFields {
		return fmt.Errorf("it has more than %d fields", maxFields)
	}
	for i, f := range fields {
		if slices.ContainsFunc(fields[:i], func(g Field) bool { return g.Name == f.Name }) {
			return fmt.Errorf("two fields are called {%s}", f.Name)
		}
	}
	return s.checkPlaces()
}

// checkPlaces refuses lists and e-mail addresses where they cannot stand.
func (s *Shape) checkPlaces() error {
	others := []*part{s.user, s.password, s.port}
	for i := range s.query {
		others = append(others, &s.query[i].value)
	}
	for _, p := range others {
		if p != nil && p.list != single {
			return fmt.Errorf("{%s} is a list; lists stand in the path or the host's place", p.field)
		}
		if p != nil && p.joined {
			return fmt.Errorf("{%s+} takes segments; it stands in the path or the host's place", p.field)
		}
	}
	for _, slot := range s.path {
		others = append(others, &slot.parts[0])
	}
	for _, p := range others {
		if p != nil && p.address {
			return fmt.Errorf("{%s@} stands in the host's place only; an address elsewhere is {%s}", p.field, p.field)
		}
	}
	if s.host != nil && s.host.parts[0].address {
		if s.port != nil || s.password != nil {
			return fmt.Errorf("{%s@} takes the part before the @ itself; at most {name}: may stand in front of it", s.host.parts[0].field)
		}
		if s.user != nil && s.user.optional {
			return fmt.Errorf("{%s} in front of an e-mail address cannot be optional; write a second shape", s.user.field)
		}
	}
	return nil
}
