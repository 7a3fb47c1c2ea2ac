package rules

import (
	"fmt"
	"slices"

	"tocsin/channels/address"
	"tocsin/channels/service"
)

// serviceKind is the kind of block that teaches a service.
const serviceKind = "service"

// decodeService decodes an HTTP service: what its channels are set up with and
// what is sent to it.
//
//	service "ntfy" {
//	  title   = "ntfy"
//	  doc     = "Delivers to topics of ntfy.sh or of a server of one's own."
//	  site    = "https://docs.ntfy.sh/publish/"
//	  schemas = ["ntfy", "ntfys"]          # of Apprise addresses
//	  secure  = ["ntfys"]                  # those that mean HTTPS
//	  urls    = ["ntfy(s)://{server}:{port?}/{topics...}"]
//	  without = { key = "tocsin does not encrypt." } # keys of addresses that are refused, and why
//	  closed  = "It ended in 2025."        # only for services that are gone
//	  via     = "apprise"                  # only for services that Apprise alone speaks
//
//	  field "topics" { … }                 # see serviceField
//	  message { … }                        # see serviceMessage
//	  level "priority" {                   # what a tone is called there
//	    info    = 3
//	    success = 3
//	    warning = 4
//	    failure = 5
//	  }
//	  step "login" { … }                   # see serviceStep
//	  request { … }                        # see serviceRequest
//	  success { … }                        # see serviceSuccess
//	  failure { … }
//	  refusal "bad_token" { … }
//	  receipt = "id"                       # where the answer has the message's id
//	  pace { … }
//	}
func (l *loading) decodeService(b *block) {
	l.lacks(b.name())
	if !l.checkName(b, typeName, typeRule) || !l.isFreeKind(b) {
		return
	}
	r := &serviceReader{reader: l.read(b), spec: &service.Spec{Name: b.name(), Title: b.name()}}
	s := r.spec
	on := r.enabled()
	r.str("title", &s.Title)
	r.str("doc", &s.Doc)
	r.str("site", &s.Site)
	r.str("closed", &s.Closed)
	r.choice("via", &s.Via, "apprise")
	s.Schemes, _ = r.strings("schemas")
	s.Secure, _ = r.strings("secure")
	s.Shapes = r.shapes("urls")
	s.Without = r.sentences("without")
	for _, inner := range r.all("field") {
		r.declare(inner)
	}
	r.levels()
	for _, inner := range r.all("message") {
		r.message(inner)
	}
	r.steps()
	for _, inner := range r.all("request") {
		if req := r.request(inner); req != nil {
			s.Requests = append(s.Requests, req)
		}
	}
	r.answers()
	r.path("receipt", &s.Receipt)
	r.pace()
	r.done()
	if len(s.Requests) == 0 && s.Closed == "" && s.Via == "" && on {
		r.fail(finding{code: CodeMissingArg, at: b.head, in: b.in(), summary: "service without a request", detail: "Say in a request block what a message is sent with."})
	}
	if on {
		l.addService(s)
	}
}

// isFreeKind reports a service that has the name of a kind tocsin has itself.
func (l *loading) isFreeKind(b *block) bool {
	for _, k := range l.in.Kinds {
		if k.Name == b.name() {
			l.fail(finding{
				code: CodeChannelName, at: b.nameRange(), in: b.in(), summary: fmt.Sprintf("%q is a kind of channel already", b.name()),
				detail: "tocsin speaks it itself. Give the service another name.",
			})
			return false
		}
	}
	return true
}

// addService makes a kind of channel of a service.
func (l *loading) addService(s *service.Spec) {
	l.config.Services = append(l.config.Services, s)
	if l.in.Declared != nil && s.Via == "" {
		l.kinds = append(l.kinds, l.in.Declared(s))
	}
}

// serviceReader reads one service block. What its templates can name grows with
// what was read.
type serviceReader struct {
	*reader
	spec *service.Spec
}

// sentences reads a map of sentences.
func (r *serviceReader) sentences(name string) map[string]string {
	items, _ := r.items(name)
	out := make(map[string]string, len(items))
	for _, item := range items {
		if t, ok := r.textOf(item); ok {
			out[item.name] = t.value
		}
	}
	return out
}

// shapes reads the ways in which addresses of a service are written.
func (r *serviceReader) shapes(name string) address.Set {
	words, _ := r.words(name)
	var out address.Set
	for _, w := range words {
		shape, err := address.Compile(w.text)
		if err != nil {
			r.fail(finding{code: CodeValue, at: w.at, in: r.block.in(), summary: "invalid shape of an address", detail: upperFirst(err.Error())})
			continue
		}
		for _, scheme := range shape.Schemes() {
			if !slices.Contains(r.spec.Schemes, scheme) && scheme != "http" && scheme != "https" {
				r.fail(finding{code: CodeUnknownName, at: w.at, in: r.block.in(), summary: fmt.Sprintf("scheme %q is not among the schemas", scheme), detail: "Add it to schemas."})
			}
		}
		out = append(out, shape)
	}
	return out
}

// bySchema reads what addresses of some schemas mean when they leave a field out.
func (r *serviceReader) bySchema(in *reader) map[string]any {
	items, _ := in.items("schemas")
	out := make(map[string]any, len(items))
	for _, item := range items {
		if !slices.Contains(r.spec.Schemes, item.name) {
			in.fail(finding{code: CodeUnknownName, at: item.nameRange, in: in.block.in(), summary: fmt.Sprintf("%q is not among the schemas", item.name), detail: "Add it to schemas of the service."})
			continue
		}
		if v, ok := in.constant(item, item.expr); ok {
			out[item.name] = v
		}
	}
	return out
}

// steps decodes what goes before a message, such as a sign-in.
//
//	step "login" {
//	  save      = { token = "data.access_token" } # read as .step.login.token
//	  keep      = "1h"
//	  keep_path = "expires_in"                    # or as long as the answer says, in seconds
//	  request { … }
//	}
//	step "logout" {
//	  after = true                                # what goes behind a message, however it went
//	  request { … }
//	}
func (r *serviceReader) steps() {
	for _, b := range r.all("step") {
		if len(b.labels) != 1 {
			r.wrongLabels(b, []string{"name"})
			continue
		}
		in := r.read(b)
		st := &service.Step{Name: b.name(), Save: map[string]service.Path{}}
		after := false
		in.flag("after", &after)
		if a := in.argument("save"); after && a != nil {
			in.excludes(a.nameRange, "after", "save", "What goes behind a message is needed by nothing.")
		}
		in.span("keep", &st.Keep, 0, 30*day)
		in.path("keep_path", &st.KeepPath)
		items, _ := in.items("save")
		for _, item := range items {
			if t, ok := in.textOf(item); ok {
				st.Save[item.name] = service.ParsePath(t.value)
			}
		}
		for _, inner := range in.all("request") {
			st.Request = r.request(inner)
		}
		in.done()
		if st.Request == nil {
			r.fail(finding{code: CodeMissingArg, at: b.head, in: b.in(), summary: "step without a request", detail: "Say in a request block what the step sends."})
			continue
		}
		if after {
			r.spec.After = append(r.spec.After, st)
			continue
		}
		r.spec.Steps = append(r.spec.Steps, st)
	}
}
