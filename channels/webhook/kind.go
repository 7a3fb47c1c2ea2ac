package webhook

import (
	"mime"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/channels/signature"
	"tocsin/engine/event"
)

const jsonType = "application/json"

// Kind returns the kind "webhook", whose channels send through client.
func Kind(client *httpsend.Client) channels.Kind {
	return channels.Kind{
		Name: "webhook",
		Doc:  "Sends to any HTTP address, as a JSON document with the whole event or as a template of yours.",
		Fields: []channels.Field{
			{
				Name: "url", Type: channels.Address, Required: true,
				Doc:     "The address; it is never shown, as it may hold a token or a password.",
				Example: `secret("hook_url")`,
			},
			{
				Name: "method", Type: channels.String, Default: "POST",
				Doc:     "POST, PUT, PATCH, or GET for an address that wants no body.",
				Example: `"PUT"`,
			},
			{
				Name: "headers", Type: channels.Map,
				Doc:     "Headers of each request, of which any may be a secret; none is shown.",
				Example: `{ Authorization = secret("hook_authorization") }`,
			},
			{
				Name: "content_type", Type: channels.String, Default: jsonType,
				Doc:     "What the body is; one that is JSON is checked before it is sent.",
				Example: `"text/plain; charset=utf-8"`,
			},
			{
				Name: "body", Type: channels.Template, Default: "the whole document",
				Doc:     "Template of the body over the names of the document; texts get into JSON by json.",
				Example: `"{\"text\": {{ json .title }}}"`,
			},
			{
				Name: "secret", Type: channels.Secret, Default: "not signed",
				Doc:     "Signs each request in the form of Standard Webhooks; whsec_ and base64, or any other text.",
				Example: `secret("hook_signature")`,
			},
		},
		New: func(v channels.Values) (channels.Channel, error) { return newChannel(client, v) },
	}
}

// newChannel checks the values and makes a channel that sends by client.
func newChannel(client *httpsend.Client, v channels.Values) (channels.Channel, error) {
	address, err := parseAddress(v.Secret("url").Reveal())
	if err != nil {
		return nil, err
	}
	c := &channel{
		client: client, url: event.NewSecret(strings.TrimSpace(v.Secret("url").Reveal())), host: event.Clip(address.Host, 200),
		method: strings.ToUpper(v.String("method", http.MethodPost)),
	}
	if !slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodGet}, c.method) {
		return nil, wrong("method", "unknown method", "It is one of POST, PUT, PATCH and GET.")
	}
	if c.headers, err = parseHeaders(v.Map("headers")); err != nil {
		return nil, err
	}
	if err := c.parseContent(v); err != nil {
		return nil, err
	}
	if secret := v.Secret("secret"); secret.IsSet() {
		if c.key, err = signature.NewKey(secret); err != nil {
			return nil, wrong("secret", "invalid signing secret", "In it, "+err.Error()+". Copy the whole secret as the receiver shows it.")
		}
	}
	c.hidden = secretsOf(address, v)
	return c, nil
}

func wrong(field, summary, detail string) error {
	return &channels.FieldError{Field: field, Summary: summary, Detail: detail}
}

func parseAddress(text string) (*url.URL, error) {
	const remedy = "Set it to where the receiver listens, such as https://hooks.example.org/alerts."
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, wrong("url", "missing address", remedy)
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, wrong("url", "invalid address", "It must begin with http:// or https:// and name a host. "+remedy)
	}
	if u.Fragment != "" {
		return nil, wrong("url", "invalid address", "What follows # is never sent; take it away, or write %23.")
	}
	return u, nil
}

// parseHeaders checks names and values. Those that the request has anyway are
// set in other ways, or by nobody.
func parseHeaders(entries map[string]event.Secret) (http.Header, error) {
	headers := http.Header{}
	for name, value := range entries {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch canonical {
		case "Content-Type":
			return nil, wrong("headers", "Content-Type among the headers", "Write it as content_type.")
		case "Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade", "Te",
			signature.IDHeader, signature.TimeHeader, signature.SignatureHeader:
			return nil, wrong("headers", "a header that tocsin sets itself", "Take "+canonical+" away.")
		}
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !isToken(r) }) {
			return nil, wrong("headers", "invalid name of a header", "Names are of letters, digits and -, without a colon.")
		}
		text := value.Reveal()
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return nil, wrong("headers", "invalid value of a header", "That of "+canonical+" holds a line break or another control character; a secret's file may end in one line break only.")
		}
		if _, twice := headers[canonical]; twice {
			return nil, wrong("headers", "a header twice", canonical+" is there in two spellings. Keep one.")
		}
		headers[canonical] = []string{text}
	}
	return headers, nil
}

// isToken reports whether r may stand in the name of a header.
func isToken(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

// parseContent reads what the body is and how it is made.
func (c *channel) parseContent(v channels.Values) error {
	c.contentType = v.String("content_type", jsonType)
	media, _, err := mime.ParseMediaType(c.contentType)
	if err != nil || !strings.Contains(media, "/") || strings.ContainsAny(c.contentType, "\r\n") {
		return wrong("content_type", "invalid content type", "Write it as application/json or text/plain; charset=utf-8.")
	}
	c.json = media == jsonType || strings.HasSuffix(media, "+json")
	text, given := v["body"].(string)
	switch {
	case given && c.method == http.MethodGet:
		return wrong("body", "a body for GET", "A GET request has none. Take it away, or use another method.")
	case given:
		c.body, err = parseBody(text, c.json)
		return err
	case !c.json:
		return wrong("content_type", "content type without a body", "The default body is JSON. Write body, such as \"{{ .text }}\".")
	}
	return nil
}
