package address

import (
	"fmt"
	"slices"
	"strings"
)

// Match reads the fields of the shape from an address. Fields that are not
// there have no entry. given names fields whose value the caller has from the
// query, so that they may be missing in their place.
//
// Its error is an *Error that says what does not fit.
func (s Shape) Match(u URL, given ...string) (map[string][]string, error) {
	values, miss := s.match(u.get(), given)
	if miss != nil {
		return nil, explain(u.Scheme(), *miss, []Shape{s})
	}
	return values, nil
}

// A miss says why a shape does not fit. Of several shapes the one whose miss is
// nearest is what the author meant.
type miss struct {
	problem  string
	distance int
}

// How far from a shape an address is that fails at a part of it.
const (
	farScheme  = 1000
	farLiteral = 500 // another page of the web
	farMode    = 300 // another value chooses another shape
	farPort    = 100
	farUser    = 60
	farHost    = 50
	farMany    = 30 // and one more for each segment that is too much
	farName    = 25 // what should be a host's name is none
	farPath    = 20 // a literal or pattern
	farFew     = 1  // for each segment that is missing
)

// matcher collects values from an address.
type matcher struct {
	*parts
	given  []string
	values map[string][]string
}

func (s Shape) match(p *parts, given []string) (map[string][]string, *miss) {
	if !s.takes(p.scheme) {
		return nil, &miss{"the scheme is of another service", farScheme}
	}
	m := matcher{parts: p, given: given, values: map[string][]string{}}
	for _, step := range []func(Shape) *miss{m.matchQuery, m.matchAuthority, m.matchPath} {
		if miss := step(s); miss != nil {
			return nil, miss
		}
	}
	return m.values, nil
}

// has reports whether the caller has the field from elsewhere.
func (m *matcher) has(p *part) bool {
	return p.optional || p.field != "" && slices.Contains(m.given, p.field)
}

// take matches text, which is empty when the part is missing.
func (m *matcher) take(p *part, text, place string, distance int) *miss {
	if p == nil {
		if text != "" {
			return &miss{place + " has no meaning here", distance}
		}
		return nil
	}
	if text == "" {
		if m.has(p) {
			return nil
		}
		return &miss{fmt.Sprintf("%s, %s, is missing", place, p.bare()), distance}
	}
	value, ok := p.cut(text)
	if !ok {
		return &miss{place + p.expectation(), distance}
	}
	if p.field != "" {
		m.values[p.field] = append(m.values[p.field], value)
	}
	return nil
}

// cut returns what the field holds in text.
func (p *part) cut(text string) (string, bool) {
	if p.field == "" {
		return "", text == p.prefix
	}
	value, ok := strings.CutPrefix(text, p.prefix)
	value, end := strings.CutSuffix(value, p.suffix)
	return value, ok && end && value != "" && (p.pattern == nil || p.pattern.MatchString(value))
}

// expectation tells what a text that cut refused should have been.
func (p *part) expectation() string {
	switch {
	case p.field == "":
		return " is not " + p.prefix
	case p.source != "":
		return fmt.Sprintf(" is no %s, which is written %s%s%s", p.bare(), p.prefix, p.source, p.suffix)
	}
	return " is not written " + p.bare()
}

func (m *matcher) matchQuery(s Shape) *miss {
	for i := range s.query {
		q := &s.query[i]
		if q.name == "" {
			if miss := m.take(&q.value, m.bareName(s), "the query", farMode); miss != nil {
				return miss
			}
			continue
		}
		value, _ := m.parts.query.Get(q.name)
		if q.value.field == "" && strings.EqualFold(value, q.value.prefix) {
			continue
		}
		place := fmt.Sprintf("the value of %q in the query", q.name)
		if q.value.field == "" && value == "" {
			return &miss{place + " is missing", farMode}
		}
		if miss := m.take(&q.value, value, place, farMode); miss != nil {
			return miss
		}
	}
	return nil
}

// bareName returns the first name of the query that has no value and that the
// shape does not ask for.
func (m *matcher) bareName(s Shape) string {
	for _, pair := range m.parts.query {
		asked := slices.ContainsFunc(s.query, func(q queryPart) bool { return strings.EqualFold(q.name, pair.Name) })
		if pair.Value == "" && !asked {
			return pair.Name
		}
	}
	return ""
}

func (m *matcher) matchAuthority(s Shape) *miss {
	if s.host != nil && s.host.parts[0].address {
		return m.matchAddress(s)
	}
	if miss := m.take(s.user, m.user, "the user", farUser); miss != nil {
		return miss
	}
	if miss := m.take(s.password, m.password, "the password", farUser); miss != nil {
		return miss
	}
	if s.port != nil && m.host != "" && !isHost(m.host) {
		return m.badHost()
	}
	if s.port != nil {
		if miss := m.take(s.port, m.port, "the port", farPort); miss != nil {
			return miss
		}
	} else if m.port != "" && !m.usualPort() {
		return &miss{"the port has no meaning here", farPort}
	}
	switch {
	case s.host == nil:
		return m.take(nil, m.host, "the host's place", farHost)
	case s.hostInPath():
		return nil // matchPath takes it
	case s.host.parts[0].field == "" && !strings.EqualFold(m.host, s.host.parts[0].prefix):
		return &miss{"the host is not " + s.host.parts[0].prefix, farLiteral}
	case s.host.parts[0].field == "":
		return nil
	}
	return m.take(&s.host.parts[0], m.host, "the host's place", farHost)
}

// usualPort reports whether the port is the one that goes without saying.
func (m *matcher) usualPort() bool {
	return m.scheme == "https" && m.port == "443" || m.scheme == "http" && m.port == "80"
}

// badHost explains a host that no connection can be made to.
func (m *matcher) badHost() *miss {
	if strings.Contains(m.host, ":") {
		return &miss{"what stands behind the host's colon is no port, or a / ? or # in a password is not escaped (%2F %3F %23)", farName}
	}
	if strings.HasPrefix(m.host, "@") {
		return &miss{"the host begins with an @; the last one of a password is written %40", farName}
	}
	return &miss{"the host holds a character that no host name has", farName}
}

// matchAddress matches {name@}, alone or behind {key}:, where an e-mail address
// fills what is otherwise user, or password, and host. Its @ may be escaped.
func (m *matcher) matchAddress(s Shape) *miss {
	user, name := m.user, m.password
	if s.user == nil {
		user, name = "", m.user
		if m.password != "" {
			return &miss{"the password has no meaning here", farUser}
		}
	}
	host := m.host
	if m.user == "" && s.user != nil {
		if before, after, ok := strings.Cut(m.host, ":"); ok {
			user, host = before, after
		} else if m.has(&s.host.parts[0]) {
			user, host = m.host, ""
		}
	}
	if m.port != "" {
		return &miss{"the port has no meaning here", farPort}
	}
	if miss := m.take(s.user, user, "the part before the colon", farUser); miss != nil {
		return miss
	}
	p := &s.host.parts[0]
	whole := host
	if name != "" {
		whole = name + "@" + host
	}
	if whole == "" && m.has(p) {
		return nil
	}
	if before, after, ok := strings.Cut(whole, "@"); !ok || before == "" || after == "" {
		return &miss{fmt.Sprintf("the e-mail address {%s} is missing or lacks a part", p.field), farHost}
	}
	return m.take(p, whole, "the e-mail address", farHost)
}
