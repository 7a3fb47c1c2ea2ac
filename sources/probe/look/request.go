package look

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/probe"
)

// maxHeader bounds the value of a header that is shown, in bytes.
const maxHeader = 1 << 10

// request asks a server. Redirects are not followed: a header may hold a secret
// that is for this server alone.
func (l *Looker) request(ctx context.Context, r *probe.Rule) probe.Result {
	req, err := http.NewRequestWithContext(ctx, r.Request.Method, r.Request.URL.Reveal(), nil)
	if err != nil { // its text holds the URL
		return probe.Failed("the url is none that can be asked for: correct it in the block")
	}
	for name, value := range r.Request.Headers {
		req.Header.Set(name, value.Reveal())
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	client := l.client
	if r.Request.Any {
		client = l.any
	}
	began := time.Now()
	answer, err := client.Do(req)
	if failed, ok := errors.AsType[*event.SendError](err); ok {
		return probe.Failed("%s", failed.Why)
	}
	if err != nil {
		return probe.Failed("the server could not be asked")
	}
	if answer.Partial && r.WantsText() {
		return probe.Failed("the answer of %s is not read: it broke off, or has more than %d KiB", event.OneLine(req.URL.Hostname()), probe.MaxText>>10)
	}
	body, err := probe.NewText("", answer.Body)
	if err != nil {
		return probe.Failed("the answer is not read: %v", err)
	}
	return probe.Result{
		Values: map[string]any{
			"status": float64(answer.Status), "headers": headers(answer.Header), "body": body.Body,
			"duration": event.Duration(time.Since(began)),
		},
		Texts: []probe.Text{body},
		Mark:  mark(fmt.Sprint(answer.Status), body.Body),
	}
}

// headers are those of an answer by their names in small letters.
func headers(all http.Header) map[string]any {
	const most = 100
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if len(out) == most {
			break
		}
		out[strings.ToLower(name)] = event.Clip(event.Clean(strings.Join(all[name], ", ")), maxHeader)
	}
	return out
}
