package service

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// Call is one HTTP request, ready to be made. It may hold secrets anywhere.
type Call struct {
	Method  string
	URL     string
	Headers []Pair
	Body    []byte // nil: none
	For     string // its targets, which tell the calls of one part apart
}

// Pair is a name and its value.
type Pair struct{ Name, Value string }

// find returns the request that applies to a view.
func find(requests []*Request, view map[string]any) (*Request, error) {
	for _, r := range requests {
		if r.When == nil {
			return r, nil
		}
		v, err := r.When.Value(view)
		if err != nil {
			return nil, fmt.Errorf("when: %w", err)
		}
		if truthy(v) {
			return r, nil
		}
	}
	return nil, fmt.Errorf("the service has no request for this combination of fields")
}

// calls returns the calls that a request makes over a view: one for each target
// or batch of them, and one when there is none.
func (r *Request) calls(view map[string]any, now time.Time) ([]Call, error) {
	groups, err := r.groups(view)
	if err != nil {
		return nil, err
	}
	out := make([]Call, 0, len(groups))
	for _, g := range groups {
		c, err := r.call(g.view, now)
		if err != nil {
			return nil, err
		}
		c.For = g.who
		out = append(out, c)
	}
	return out, nil
}

// call makes one call over the view of its targets.
func (r *Request) call(view map[string]any, now time.Time) (Call, error) {
	c := Call{}
	if err := r.method(&c, view); err != nil {
		return c, err
	}
	if err := r.address(&c, view); err != nil {
		return c, err
	}
	headers, err := pairs(r.Headers, view)
	if err != nil {
		return c, fmt.Errorf("headers: %w", err)
	}
	for _, h := range headers {
		if h.Value != "" {
			c.Headers = setPair(c.Headers, h)
		}
	}
	if err := r.body(&c, view); err != nil {
		return c, err
	}
	for _, h := range c.Headers {
		if !isHeader(h) {
			return c, fmt.Errorf("header %q cannot be sent: it holds a line end or another control character", h.Name)
		}
	}
	if r.AWS != nil {
		return c, r.AWS.sign(&c, view, now)
	}
	return c, nil
}

// Methods are those that a request may have.
func Methods() []string { return []string{"POST", "GET", "PUT", "PATCH", "DELETE", "HEAD"} }

// method works the method out, which a service may leave to the channel.
func (r *Request) method(c *Call, view map[string]any) error {
	if r.Method == nil {
		c.Method = "POST"
		return nil
	}
	text, err := r.Method.Execute(view)
	if err != nil {
		return fmt.Errorf("method: %w", err)
	}
	if c.Method = text; !slices.Contains(Methods(), text) {
		return fmt.Errorf("method: %q is none of %s", event.Clip(text, 20), strings.Join(Methods(), ", "))
	}
	return nil
}

// address makes the URL, with the query behind what it has of its own.
func (r *Request) address(c *Call, view map[string]any) error {
	text, err := r.URL.Execute(view)
	if err != nil {
		return fmt.Errorf("url: %w", err)
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("url: what it makes is no http or https address")
	}
	query, err := pairs(r.Query, view)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	if more := encodePairs(query); more != "" {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+more, "&")
	}
	c.URL = u.String()
	return nil
}

// NoType is the type of a request whose body is sent without a Content-Type.
const NoType = "none"

// body makes the body and says what it is.
func (r *Request) body(c *Call, view map[string]any) error {
	kind := r.Type
	switch {
	case r.JSON != nil:
		v, err := r.JSON.value(view)
		if err != nil {
			return fmt.Errorf("json: %w", err)
		}
		if several, ok := v.(spread); ok {
			v = []any(several)
		}
		if c.Body, err = encodeJSON(v); err != nil {
			return fmt.Errorf("json: %w", err)
		}
		kind = or(kind, "application/json")
	case r.Form != nil:
		fields, err := pairs(r.Form, view)
		if err != nil {
			return fmt.Errorf("form: %w", err)
		}
		c.Body, kind = []byte(encodePairs(fields)), or(kind, "application/x-www-form-urlencoded")
	case r.Text != nil:
		text, err := r.Text.Execute(view)
		if err != nil {
			return fmt.Errorf("text: %w", err)
		}
		c.Body, kind = []byte(text), or(kind, "text/plain; charset=utf-8")
	}
	if kind == NoType {
		return nil
	}
	if kind != "" && !slices.ContainsFunc(c.Headers, func(h Pair) bool { return strings.EqualFold(h.Name, "Content-Type") }) {
		c.Headers = append(c.Headers, Pair{"Content-Type", kind})
	}
	return nil
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// setPair sets a header, whose name has no case.
func setPair(list []Pair, p Pair) []Pair {
	for i := range list {
		if strings.EqualFold(list[i].Name, p.Name) {
			list[i] = p
			return list
		}
	}
	return append(list, p)
}

// isHeader reports whether a header can be written without becoming two.
func isHeader(p Pair) bool {
	control := func(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7f }
	return p.Name != "" && !strings.ContainsAny(p.Name, " :\t") && !strings.ContainsFunc(p.Name, control) && !strings.ContainsFunc(p.Value, control)
}

func encodePairs(list []Pair) string {
	var b strings.Builder
	for i, p := range list {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}

// encodeJSON leaves < and & as they are: it is no HTML, and services count what
// they are sent.
func encodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
