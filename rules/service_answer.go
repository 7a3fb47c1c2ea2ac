package rules

import (
	"time"

	"tocsin/channels/service"
)

// path reads where something stands in an answer.
func (r *reader) path(name string, to *service.Path) {
	var text string
	if r.str(name, &text) {
		*to = service.ParsePath(text)
	}
}

// answers decodes what answers mean.
//
//	success {
//	  status = [200, 202]                # default: any 2xx
//	  json   = { ok = true }             # values that must stand there
//	  none   = ["error"]                 # what must not
//	  text   = "^OK"
//	}
//	failure {
//	  why         = ["error.message"]    # where the service says what is wrong
//	  retry_after = "retry_after"        # where it says how many seconds to wait
//	}
//	refusal "bad_token" {                # the first that applies explains
//	  status = [401]
//	  text   = "invalid_auth"
//	  class  = "target"                  # temporary, target or message
//	  do     = "set token to that of a bot which is not deleted"
//	  renew  = true                      # what steps saved has ended: they are made anew, once
//	}
func (r *serviceReader) answers() {
	s := r.spec
	for _, b := range r.all("success") {
		if !r.unlabelled(b) {
			continue
		}
		in := r.read(b)
		s.Success.Statuses = in.statuses("status")
		s.Success.Text = in.pattern("text")
		s.Success.Checks = in.checks()
		in.done()
	}
	for _, b := range r.all("failure") {
		if !r.unlabelled(b) {
			continue
		}
		in := r.read(b)
		paths, _ := in.strings("why")
		for _, p := range paths {
			s.Why = append(s.Why, service.ParsePath(p))
		}
		in.path("retry_after", &s.Retry)
		in.done()
	}
	for _, b := range r.all("refusal") {
		if len(b.labels) != 1 {
			r.wrongLabels(b, []string{"code"})
			continue
		}
		in, f := r.read(b), service.Refusal{Code: b.name(), Class: "target"}
		f.Statuses = in.statuses("status")
		f.Text = in.pattern("text")
		in.choice("class", &f.Class, "temporary", "target", "message")
		in.str("do", &f.Do)
		in.flag("renew", &f.Renew)
		in.done()
		s.Refusals = append(s.Refusals, f)
	}
}

// checks reads the values that an answer must have, and those it must not.
func (r *reader) checks() []service.Check {
	var out []service.Check
	items, _ := r.items("json")
	for _, item := range items {
		v, ok := r.constant(item, item.expr)
		if !ok {
			continue
		}
		list, isList := v.([]any)
		if !isList {
			list = []any{v}
		}
		out = append(out, service.Check{Path: service.ParsePath(item.name), Values: list})
	}
	none, _ := r.strings("none")
	for _, p := range none {
		out = append(out, service.Check{Path: service.ParsePath(p)})
	}
	return out
}

// statuses reads a list of HTTP statuses.
func (r *reader) statuses(name string) []int {
	a := r.argument(name)
	if a == nil {
		return nil
	}
	v, ok := r.constant(a, a.expr)
	if !ok {
		return nil
	}
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	var out []int
	for _, item := range list {
		n, isNumber := item.(int)
		if !isNumber || n < 100 || n > 599 {
			r.invalid(a, "invalid HTTP status", "Write statuses as numbers: [200, 202].")
			return nil
		}
		out = append(out, n)
	}
	return out
}

// pace decodes how fast a service takes messages.
//
//	pace {
//	  every = "1s" # one message each
//	  burst = 5    # that many at once
//	}
func (r *serviceReader) pace() {
	for _, b := range r.all("pace") {
		if !r.unlabelled(b) {
			continue
		}
		in := r.read(b)
		in.require("every")
		r.spec.Pace.Burst = 1
		in.span("every", &r.spec.Pace.Every, time.Millisecond, day)
		in.integer("burst", &r.spec.Pace.Burst, 1, 10_000)
		in.done()
	}
}
