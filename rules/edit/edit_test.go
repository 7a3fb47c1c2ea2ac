package edit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules/edit"
)

// pack is what the edits of these tests lie over.
const pack = `
group "barn" {
  title = "Barn"
}
event "goat_escaped" {
  group       = "barn"
  severity    = "WARNING"
  fingerprint = ["name", "number"]
  details = {
    Number = "{{ .data.number }}"
    Weight = "{{ .data.weight }}"
  }
}
cooldown {
  info = "15m"
}
`

// one applies an edit to a file a.hcl and returns it as it is then.
func one(t *testing.T, src string, e edit.Edit) (string, error) {
	t.Helper()
	r, err := edit.Apply(edit.Tree{Pack: map[string][]byte{"pack.hcl": []byte(pack)}, Files: map[string][]byte{"a.hcl": []byte(src)}, Edits: "a.hcl"}, e)
	if err != nil {
		return src, err
	}
	out, changed := r.Changed["a.hcl"]
	if !changed {
		return src, nil
	}
	return string(out), nil
}

func set(path, value string) edit.Edit   { return edit.Edit{Op: edit.Set, Path: path, Value: value} }
func unset(path string) edit.Edit        { return edit.Edit{Op: edit.Unset, Path: path} }
func add(path, value string) edit.Edit   { return edit.Edit{Op: edit.Add, Path: path, Value: value} }
func remove(path string) edit.Edit       { return edit.Edit{Op: edit.Remove, Path: path} }
func rename(path, to string) edit.Edit   { return edit.Edit{Op: edit.Rename, Path: path, To: to} }
func without(path, val string) edit.Edit { return edit.Edit{Op: edit.Remove, Path: path, Value: val} }

func TestEdits(t *testing.T) {
	for _, tt := range []struct {
		name string
		src  string
		edit edit.Edit
		want string
	}{
		{"a value", "dedup {\n\twindow =   \"5s\" # short\n}\n", set("dedup.window", `"1m"`), "dedup {\n\twindow =   \"1m\" # short\n}\n"},
		{"a value of a one-line block", "dedup { window = \"5s\" /* x */ }\n", set("dedup.window", `"1m"`), "dedup { window = \"1m\" /* x */ }\n"},
		{"CRLF", "dedup {\r\n  window = \"5s\"\r\n}\r\n", set("dedup.more", `"1m"`), "dedup {\r\n  window = \"5s\"\r\n  more   = \"1m\"\r\n}\r\n"},
		{"a byte order mark", "\ufeffdedup {\n  window = \"5s\"\n}\n", set("dedup.window", `1`), "\ufeffdedup {\n  window = 1\n}\n"},
		{"a new argument", "toggles {\n  # off at night\n  aaa = false # x\n\n  # end\n}\n", set("toggles.b", "true"), "toggles {\n  # off at night\n  aaa = false # x\n  b   = true\n\n  # end\n}\n"},
		{"a longer one", "toggles {\n    a = false\n}\n", set("toggles.bbb", "true"), "toggles {\n    a = false\n    bbb = true\n}\n"},
		{"a second one in one line", "toggles { a = false }\n", set("toggles.b", "true"), "toggles {\n  a = false\n  b = true\n}\n"},
		{"in one line, with a comment", "toggles { /* c */ a = false } # end\n", set("toggles.b", "true"), "toggles {\n  /* c */ a = false\n  b = true\n} # end\n"},
		{"an empty block", "toggles {}\n", set("toggles.b", "true"), "toggles {\n  b = true\n}\n"},
		{"only a comment", "toggles {\n  # nothing yet\n}", set("toggles.b", "true"), "toggles {\n  b = true\n  # nothing yet\n}"},
		{"a block that is nowhere", "# notes", set("toggles.b", "true"), "# notes\n\ntoggles {\n  b = true\n}"},
		{"in an empty file", "", set("toggles.b", "true"), "toggles {\n  b = true\n}\n"},
		{"a nested block", "channel \"log\" \"c\" {\n\twhen = \"x\"\n}\n", set("channel.log.c.toggles.b", "true"), "channel \"log\" \"c\" {\n\twhen = \"x\"\n\n\ttoggles {\n\t\tb = true\n\t}\n}\n"},
		{"a nested block in one line", "channel \"log\" \"c\" { when = \"x\" }\n", set("channel.c.digest.at", `"09:00"`), "channel \"log\" \"c\" {\n  when = \"x\"\n\n  digest {\n    at = \"09:00\"\n  }\n}\n"},
		{"a nested block in an empty one", "channel \"log\" \"c\" {}\n", set("channel.c.digest.at", `"09:00"`), "channel \"log\" \"c\" {\n  digest {\n    at = \"09:00\"\n  }\n}\n"},
		{"an overlay", "# mine\n", set("event.goat_escaped.severity", `"CRITICAL"`), "# mine\n\nevent \"goat_escaped\" {\n  severity = \"CRITICAL\"\n}\n"},
		{"an overlay of a key", "", set(`event.goat_escaped.details["Free space"]`, `"x"`), "event \"goat_escaped\" {\n  details = { \"Free space\" = \"x\" }\n}\n"},
		{"an overlay of an element", "", set(`event.goat_escaped.fingerprint[1]`, `"host"`), "event \"goat_escaped\" {\n  fingerprint = [\"name\", \"host\"]\n}\n"},
		{"an element behind a list of the pack", "", add("event.goat_escaped.fingerprint", `"host"`), "event \"goat_escaped\" {\n  fingerprint = [\"name\", \"number\", \"host\"]\n}\n"},
		{"away with a value of the pack", "", unset("event.goat_escaped.fingerprint"), "event \"goat_escaped\" {\n  fingerprint = null\n}\n"},
		{"away with a key of the pack", "", unset("event.goat_escaped.details.Weight"), "event \"goat_escaped\" {\n  details = { Weight = null }\n}\n"},
		{"away with a block of the pack", "", remove("event.goat_escaped"), "event \"goat_escaped\" {\n  enabled = false\n}\n"},
		{"beside its kind", "rule \"a\" {\n}\n\nchannel \"log\" \"c\" {\n}\n", add(`rule["b"]`, `{ drop = true, events = ["x"] }`), "rule \"a\" {\n}\n\nrule \"b\" {\n  drop   = true\n  events = [\"x\"]\n}\n\nchannel \"log\" \"c\" {\n}\n"},
		{"a channel with blocks", "", add(`channel.log.c`, `{ rich = true, digest = { at = "09:00" } }`), "channel \"log\" \"c\" {\n  rich = true\n\n  digest {\n    at = \"09:00\"\n  }\n}\n"},

		{"an element", "rule \"a\" {\n  events = [ \"x\", # one\n    \"y\" ] # two\n}\n", set("rule.a.events[1]", `"z"`), "rule \"a\" {\n  events = [ \"x\", # one\n    \"z\" ] # two\n}\n"},
		{"a list in lines", "rule \"a\" {\n  events = [\n    # first\n    \"x\", # one\n    \"y\"  # two\n  ]\n}\n", set("rule.a.events", `["y", "z"]`), "rule \"a\" {\n  events = [\n    \"y\",  # two\n    \"z\"\n  ]\n}\n"},
		{"a list in a line", "rule \"a\" {\n  events = [\"x\", /* c */ \"y\", \"z\"]\n}\n", set("rule.a.events", `["x", "z", "u"]`), "rule \"a\" {\n  events = [\"x\", /* c */ \"z\", \"u\"]\n}\n"},
		{"an element by its place", "rule \"a\" {\n  events = [\n    \"x\", # one\n    # two\n    \"y\"\n  ]\n}\n", unset("rule.a.events[1]"), "rule \"a\" {\n  events = [\n    \"x\", # one\n  ]\n}\n"},
		{"a block as it is written", "rule \"a\" {\n\tdrop = true\n}\n", edit.Edit{Op: edit.Add, Path: "channel.log.c", Body: "# ours\nrich=true # c\n\ndigest {\n  at = \"09:00\"\n}\n"}, "rule \"a\" {\n\tdrop = true\n}\n\nchannel \"log\" \"c\" {\n\t# ours\n\trich = true # c\n\n\tdigest {\n\t\tat = \"09:00\"\n\t}\n}\n"},
		{"an element behind", "rule \"a\" {\n  events = [\n    \"x\", # one\n  ]\n}\n", add("rule.a.events", `"y"`), "rule \"a\" {\n  events = [\n    \"x\", # one\n    \"y\",\n  ]\n}\n"},
		{"an element away", "rule \"a\" {\n  events = [\"x\", \"y\"]\n}\n", without("rule.a.events", `"y"`), "rule \"a\" {\n  events = [\"x\"]\n}\n"},
		{"the last element", "rule \"a\" {\n  events = [\"x\"]\n}\n", without("rule.a.events", `"x"`), "rule \"a\" {\n  events = []\n}\n"},
		{"a map", "rule \"a\" {\n  data = {\n    # who\n    owner = \"ops\" # team\n    site : \"a\",\n  }\n}\n", set("rule.a.data", `{ owner = "dev", site = "a", x = "1" }`), "rule \"a\" {\n  data = {\n    # who\n    owner = \"dev\" # team\n    site : \"a\",\n    \"x\": \"1\",\n  }\n}\n"},
		{"a map in maps", "locals {\n  a = {\n    b = { c = { d = 1, e = 2 /* two */ } } # deep\n  }\n}\n", set("locals.a", `{ b = { c = { d = 3, e = 2 } } }`), "locals {\n  a = {\n    b = { c = { d = 3, e = 2 /* two */ } } # deep\n  }\n}\n"},
		{"a key", "rule \"a\" {\n  data = { owner = \"ops\" } # c\n}\n", set(`rule.a.data["free space"]`, `"1"`), "rule \"a\" {\n  data = { owner = \"ops\", \"free space\" = \"1\" } # c\n}\n"},
		{"a key away", "rule \"a\" {\n  data = { owner = \"ops\", b = \"1\" } # c\n}\n", unset(`rule.a.data.owner`), "rule \"a\" {\n  data = { b = \"1\" } # c\n}\n"},
		{"a heredoc", "event \"goat_escaped\" {\n  body = <<-EOT\n      old\n      text\n    EOT\n  title = \"x\"\n}\n", set("event.goat_escaped.body", `"new $${x}\n text"`), "event \"goat_escaped\" {\n  body = <<-EOT\n      new $${x}\n       text\n    EOT\n  title = \"x\"\n}\n"},
		{"a heredoc to a line", "event \"goat_escaped\" {\n  body = <<EOT\nold\nEOT\n}\n", set("event.goat_escaped.body", `"new"`), "event \"goat_escaped\" {\n  body = \"new\"\n}\n"},
		{"JSON", "rule \"a\" {\n  data = {}\n}\n", edit.Edit{Op: edit.Set, Path: "rule.a.data", JSON: []byte(`{"b c": [1, true, null], "a": {"x": "${y}"}}`)}, "rule \"a\" {\n  data = {\n    \"b c\" = [1, true, null]\n    a = {\n      x = \"$${y}\"\n    }\n  }\n}\n"},
		{"a word that is text", "", edit.Edit{Op: edit.Set, Path: "dedup.window", Word: "10s"}, "dedup {\n  window = \"10s\"\n}\n"},
		{"a word that is a condition", "channel \"log\" \"c\" {\n}\n", edit.Edit{Op: edit.Set, Path: "channel.c.when", Word: "event.severity >= 'WARNING' and \"a\" != `b`"}, "channel \"log\" \"c\" {\n  when = \"event.severity >= 'WARNING' and \\\"a\\\" != `b`\"\n}\n"},
		{"a word that is a value", "", edit.Edit{Op: edit.Set, Path: "toggles.a", Word: "false"}, "toggles {\n  a = false\n}\n"},

		{"away, with its comments", "toggles {\n  # first\n  a = 1 # one\n\n  # second\n  b = 2 # two\n}\n", unset("toggles.b"), "toggles {\n  # first\n  a = 1 # one\n\n}\n"},
		{"away, and its block", "dedup {\n  window = \"1s\"\n}\n\ntoggles {\n  a = 1\n}\n", unset("toggles.a"), "dedup {\n  window = \"1s\"\n}\n"},
		{"away, and a comment keeps the block", "# mine\ntoggles {\n  a = 1\n}\n", unset("toggles.a"), "# mine\ntoggles {\n}\n"},
		{"away, and the block says something", "channel \"log\" \"c\" { when = \"x\" }\n", unset("channel.c.when"), "channel \"log\" \"c\" {}\n"},
		{"away, and its nested block", "channel \"log\" \"c\" {\n  rich = true\n\n  digest {\n    at = \"09:00\"\n  }\n}\n", unset("channel.c.digest.at"), "channel \"log\" \"c\" {\n  rich = true\n}\n"},
		{"a block away", "rule \"a\" {\n}\n\n# about b\nrule \"b\" {\n}\n\nrule \"c\" {\n}\n", remove("rule.b"), "rule \"a\" {\n}\n\nrule \"c\" {\n}\n"},
		{"the first block away", "# about a\nrule \"a\" {\n}\n\nrule \"c\" {\n}", remove("rule.a"), "rule \"c\" {\n}"},
		{"the last block away", "rule \"a\" {\n}\n\nrule \"c\" {\n}", remove("rule.c"), "rule \"a\" {\n}"},
		{"a name", "channel \"log\" \"c\" {\n}\nrule \"a\" {\n  channels = [\"c\", \"d\"] # c\n}\n", rename("channel.c", "e"), "channel \"log\" \"e\" {\n}\nrule \"a\" {\n  channels = [\"e\", \"d\"] # c\n}\n"},
		{"a local's name", "locals {\n  a = 1\n  b = local.a + 1\n}\n", rename("locals.a", "c"), "locals {\n  c = 1\n  b = local.c + 1\n}\n"},
		{"a rule up", "rule \"a\" {\n}\n\n# about b\nrule \"b\" { # x\n}\n", edit.Edit{Op: edit.Move, Path: "rule.b", Before: "rule.a"}, "# about b\nrule \"b\" { # x\n}\n\nrule \"a\" {\n}\n"},
		{"a rule down", "# about a\nrule \"a\" {\n}\n\nrule \"b\" { # x\n}", edit.Edit{Op: edit.Move, Path: "rule.a", After: "rule.b"}, "rule \"b\" { # x\n}\n\n# about a\nrule \"a\" {\n}"},
		{"a local", "locals {\n  a = 1\n}\n", set("locals.a", "2"), "locals {\n  a = 2\n}\n"},
		{"a new local", "locals {\n  a = 1\n}\n", set("local.b", "2"), "locals {\n  a = 1\n  b = 2\n}\n"},
		{"here", "locals {\n  a = 1\n}\ndedup {\n  window = local.a\n}\n", edit.Edit{Op: edit.Set, Path: "dedup.window", Value: `"1s"`, Here: true}, "locals {\n  a = 1\n}\ndedup {\n  window = \"1s\"\n}\n"},
		{"one of several", "test \"t\" {\n  send \"a\" { at = \"1s\" }\n  send \"a\" { at = \"2s\" }\n}\n", set("test.t.send[1].at", `"3s"`), "test \"t\" {\n  send \"a\" { at = \"1s\" }\n  send \"a\" { at = \"3s\" }\n}\n"},
		{"a block as a map", "rule \"a\" {\n  drop = true # x\n}\n", set("rule.a", `{ drop = null, stop = true }`), "rule \"a\" {\n  stop = true\n}\n"},
		{"a map of the pack again", "event \"goat_escaped\" {\n  details = null\n}\n", set("event.goat_escaped.details.A", `"1"`), "event \"goat_escaped\" {\n  details = { A = \"1\" }\n}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := one(t, tt.src, tt.edit)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	const src = "locals {\n  chat = \"5\"\n  all = [local.chat]\n}\nchannel \"log\" \"phone\" {\n  path = local.chat\n  rich = !true\n  when = \"local.chat == '5'\"\n}\nrule \"a\" {\n  events = [\"x\"]\n}\n"
	for _, tt := range []struct {
		name string
		edit edit.Edit
		want string
	}{
		{"a kind", set("chanel.log.phone.path", "1"), `there is no block "chanel": did you mean channel.log.phone.path?`},
		{"no kind", set("phone.path", "1"), `there is no block "phone": write channel.log.phone`},
		{"a name", set("channel.log.fone.path", "1"), `there is no channel "fone": did you mean channel.log.phone?`},
		{"a name alone", set("channel.fone.path", "1"), `did you mean channel.log.phone?`},
		{"no label", set("rule", "1"), `rule lacks the name: there is rule.a`},
		{"no such rule", set("rule.zzzzzzz.events", "1"), `there is no rule "zzzzzzz": tocsin add rule.zzzzzzz makes it`},
		{"nothing to take away", unset("rule.zzzzzzz.events"), `there is no rule "zzzzzzz"`},
		{"a name of no channel", set("channel.zzzzzzz.path", "1"), `there is no channel "zzzzzzz": its path begins with channel, its kind and its name`},
		{"no such event", set("event.goat_escape.severity", "1"), `did you mean event.goat_escaped?`},
		{"nothing there", unset("rule.a.event"), `rule.a.event is not set: did you mean events?`},
		{"an index", set("rule.a.events[3]", "1"), `rule.a.events has 1 elements, counted from 0`},
		{"a key of a list", set("rule.a.events.x", "1"), "rule.a.events is no map"},
		{"no value", edit.Edit{Op: edit.Set, Path: "rule.a.events"}, "the value is missing"},
		{"no expression", set("rule.a.events", "["), "is no expression of HCL"},
		{"two lines", set("rule.a.events", "1\nb = 2"), "is no expression of HCL"},
		{"a comment", set("rule.a.events", "1 # x"), "comment"},
		{"an argument's name", set(`rule.a["x y"]`, "1"), "cannot be the name of an argument"},
		{"JSON", edit.Edit{Op: edit.Set, Path: "rule.a.events", JSON: []byte(`{"a"`)}, "no JSON: it ends too early"},
		{"there already", add("rule.a", `{}`), "rule.a is there already, at a.hcl:10"},
		{"in it already", add("rule.a.events", `"x"`), `rule.a.events has "x" already`},
		{"not in it", without("rule.a.events", `"y"`), `rule.a.events does not have "y"`},
		{"a place outside", edit.Edit{Op: edit.Add, Path: "rule.b", File: "../x.hcl"}, "is no file of the configuration"},
		{"a file of secrets", edit.Edit{Op: edit.Add, Path: "rule.b", File: "secrets/x.hcl"}, "is no file of the configuration"},
		{"a name that is taken", rename("rule.a", ""), "the new name is missing"},
		{"a local", set("channel.phone.path", `"6"`), "channel.phone.path, at a.hcl:6, is local.chat, set at a.hcl:2: change it there, which affects 2 places, or replace it here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := one(t, src, tt.edit)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q\n%s", err, tt.want, got)
			}
		})
	}
}

// TestBrokenFile: what is not found may stand in a file that does not parse.
func TestBrokenFile(t *testing.T) {
	_, err := one(t, "channel \"log\" \"c\" {\n  path = \n}\n", set("channel.log.c.path", "1"))
	if err == nil || !strings.Contains(err.Error(), "a.hcl does not parse") {
		t.Errorf("error %v", err)
	}
}

// TestOrigin: both ways out of a value that comes from elsewhere can be taken.
func TestOrigin(t *testing.T) {
	const src = "locals {\n  site = { chat = \"5\" } # c\n}\nchannel \"log\" \"phone\" {\n  path = local.site.chat\n}\n"
	_, err := one(t, src, set("channel.phone.path", `"6"`))
	var o *edit.Origin
	if !errors.As(err, &o) || len(o.Choices) != 2 {
		t.Fatalf("error %v", err)
	}
	for i, want := range []string{
		"locals {\n  site = { chat = \"6\" } # c\n}\nchannel \"log\" \"phone\" {\n  path = local.site.chat\n}\n",
		"locals {\n  site = { chat = \"5\" } # c\n}\nchannel \"log\" \"phone\" {\n  path = \"6\"\n}\n",
	} {
		got, err := one(t, src, o.Choices[i].Edit)
		if err != nil || got != want {
			t.Errorf("choice %d: %v\n%s", i, err, cmp.Diff(want, got))
		}
	}
}

func TestComplete(t *testing.T) {
	tree := edit.Tree{Pack: map[string][]byte{"p.hcl": []byte(pack)}, Files: map[string][]byte{"a.hcl": []byte("channel \"log\" \"phone\" {\n  path = \"x\"\n  toggles {\n    a = true\n  }\n}\nrule \"a b\" {\n}\n")}}
	for begun, want := range map[string]string{
		"co":                     "cooldown",
		"channel.":               "channel.log",
		"channel.log.phone.":     "channel.log.phone.path channel.log.phone.toggles",
		"channel.log.phone.togg": "channel.log.phone.toggles",
		"event.goat_escaped.d":   "event.goat_escaped.details",
		"nothing":                "",
		"ru":                     "rule",
	} {
		if got := strings.Join(edit.Complete(tree, begun), " "); got != want {
			t.Errorf("%s: %q, want %q", begun, got, want)
		}
	}
}
