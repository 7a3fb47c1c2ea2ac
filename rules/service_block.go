package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/channels/service"
	"tocsin/channels/textsplit"
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

// declare decodes one thing that channels of a service are set up with.
//
//	field "topics" {
//	  type     = "list"          # string (default), secret, number, bool, list, map
//	  doc      = "The topics to publish to."
//	  example  = ["alerts"]
//	  required = true
//	  default  = "low"
//	  query    = ["to"]          # keys of an address that set it
//	  pairs    = "+"             # or the pairs of an address with that sign
//	  schemas  = { ntfy = "x" }  # what an address with that schema means when it leaves the field out
//	  words    = { low = ["2"] } # the values it takes, and other ways to write them; or a list
//	  form     = "phone"         # phone, email or server
//	  match    = "[a-z]+"        # what the whole value matches
//	}
func (r *serviceReader) declare(b *block) {
	if len(b.labels) != 1 {
		r.wrongLabels(b, []string{"name"})
		return
	}
	if !r.checkName(b, typeName, typeRule) {
		return
	}
	in := r.read(b)
	f := service.Field{Field: channels.Field{Name: b.name(), Type: channels.String}}
	in.require("doc")
	var typ, form string
	if in.choice("type", &typ, "string", "secret", "number", "bool", "list", "map") {
		f.Type = channels.FieldType(typ)
	}
	in.str("doc", &f.Doc)
	in.flag("required", &f.Required)
	f.Aliases, _ = in.strings("query")
	in.choice("pairs", &f.Pairs, "+", "-", ":")
	if in.choice("form", &form, string(service.Phone), string(service.Email), string(service.Server)) {
		f.Form = service.Form(form)
	}
	f.Schemes = r.bySchema(in)
	f.Words = in.serviceWords("words")
	f.Pattern = in.wholePattern("match")
	if a := in.argument("default"); a != nil {
		f.Value, _ = in.constant(a, a.expr)
		f.Default = strings.Trim(a.source(), `"`)
	}
	if a := in.argument("example"); a != nil {
		f.Example = a.source()
	} else if f.Type == channels.Secret {
		f.Example = fmt.Sprintf("secret(%q)", r.spec.Name+"_"+f.Name)
	}
	in.done()
	r.spec.Fields = append(r.spec.Fields, f)
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

// serviceWords reads the words that a field takes: a list, or a map from each
// to the other ways to write it.
func (r *reader) serviceWords(name string) []service.Word {
	a := r.argument(name)
	if a == nil {
		return nil
	}
	var out []service.Word
	if v, ok := r.value(a); ok && !v.Type().IsObjectType() && !v.Type().IsMapType() {
		words, _ := r.strings(name)
		for _, w := range words {
			out = append(out, service.Word{Name: w})
		}
		return out
	}
	items, _ := r.items(name)
	for _, item := range items {
		v, ok := r.constant(item, item.expr)
		if !ok {
			continue
		}
		w := service.Word{Name: item.name}
		list, isList := v.([]any)
		if !isList {
			list = []any{v}
		}
		for _, other := range list {
			w.Other = append(w.Other, fmt.Sprint(other))
		}
		out = append(out, w)
	}
	return out
}

// pattern reads a regular expression.
func (r *reader) pattern(name string) *regexp.Regexp {
	a := r.argument(name)
	if a == nil {
		return nil
	}
	t, ok := r.textOf(a)
	if !ok {
		return nil
	}
	re, err := regexp.Compile(t.value)
	if err != nil {
		r.invalid(a, name+" is no pattern", upperFirst(err.Error()))
		return nil
	}
	return re
}

// wholePattern reads a regular expression that a whole value matches.
func (r *reader) wholePattern(name string) *regexp.Regexp {
	re := r.pattern(name)
	if re == nil {
		return nil
	}
	return regexp.MustCompile("^(?:" + re.String() + ")$") // a pattern within a group is one
}

// message decodes how a service takes texts.
//
//	message {
//	  formats   = ["text", "markdown"]           # text, markdown, html, mrkdwn, chat; the first is the default
//	  merge     = "{{ .title }}\r\n{{ .body }}"  # for services without a field for the title
//	  title_max = 250
//	  max       = 4000
//	  max_for   = "{{ only .channel.sms 160 }}"  # of a channel, where it hangs on its fields
//	  unit      = "characters"                   # bytes, utf16
//	  shared    = true                           # max holds for title and body together
//	  over      = "split"                        # truncate; upstream leaves it to the service
//	  plain     = true                           # no emoji before the title
//	  quiet     = true                           # an @ calls nobody: for services without a switch for that
//	  marked    = true                           # the title is marked up as the body is
//	}
func (r *serviceReader) message(b *block) {
	if !r.unlabelled(b) {
		return
	}
	in, m := r.read(b), &r.spec.Message
	m.Formats, _ = in.strings("formats")
	for _, f := range m.Formats {
		if known := []string{service.Text, service.Markdown, service.HTML, service.Mrkdwn, service.Chat}; !slices.Contains(known, f) {
			in.invalid(in.argument("formats"), fmt.Sprintf("unknown format %q", f), "Formats are "+quoted(known)+".")
		}
	}
	m.Merge = in.valueTemplate("merge", func(path []string) string {
		if path[0] == "title" || path[0] == "body" {
			return ""
		}
		return "merge has .title and .body"
	})
	in.integer("title_max", &m.TitleMax, 1, 100_000)
	in.integer("max", &m.Max, 10, 1_000_000)
	m.MaxFor = in.valueTemplate("max_for", func(path []string) string {
		if path[0] != "channel" {
			return "max_for has .channel"
		}
		return r.known(path)
	})
	var unit string
	if in.choice("unit", &unit, "characters", "bytes", "utf16") {
		m.Unit = map[string]textsplit.Measure{"characters": textsplit.Runes, "bytes": textsplit.Bytes, "utf16": textsplit.UTF16}[unit]
	}
	in.choice("over", &m.Over, service.Split, service.Truncate, service.Whole)
	in.flag("shared", &m.Shared)
	in.flag("plain", &m.Plain)
	in.flag("quiet", &m.Quiet)
	in.flag("marked", &m.Marked)
	in.done()
}

// levels decodes what the tones of messages are called by a service.
func (r *serviceReader) levels() {
	tones := []string{service.ToneInfo, service.ToneSuccess, service.ToneWarning, service.ToneFailure}
	for _, b := range r.all("level") {
		if len(b.labels) != 1 {
			r.wrongLabels(b, []string{"name"})
			continue
		}
		in, level := r.read(b), service.Level{}
		for _, tone := range tones {
			if a := in.argument(tone); a != nil {
				level[tone], _ = in.constant(a, a.expr)
			}
		}
		in.require(tones...)
		in.done()
		if r.spec.Levels == nil {
			r.spec.Levels = map[string]service.Level{}
		}
		r.spec.Levels[b.name()] = level
	}
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
