package commonmark

import (
	"strings"
	"testing"

	"tocsin/channels/channeltest"
	"tocsin/channels/textsplit"
)

func TestEscape(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"plain":              {"Guest 101 is up.", "Guest 101 is up."},
		"names and URLs":     {"backup_fail: http://e.example/a_b?c=d&e=f (5.2 GiB)", "backup_fail: http://e.example/a_b?c=d&e=f (5.2 GiB)"},
		"emphasis":           {"*a* __b__ ~~c~~ `d`", "\\*a\\* \\_\\_b\\_\\_ \\~\\~c\\~\\~ \\`d\\`"},
		"image and link":     {"![i](http://e) [x](http://e)", `!\[i\](http://e) \[x\](http://e)`},
		"reference":          {"[x]: http://e", `\[x\]: http://e`},
		"HTML and entities":  {"<b>&lt; &#60; a & b &c", `\<b>\&lt; \&#60; a & b &c`},
		"backslash":          {`C:\temp\*`, `C:\\temp\\\*`},
		"lines":              {"a\nb\r\nc\rd", "a  \nb  \nc  \nd"},
		"paragraphs":         {"a\n\nb\n\n\nc", "a\n\nb\n\n\nc"},
		"trailing blanks":    {"a  \nb\t\n", "a  \nb"},
		"indentation":        {"a:\n    b\n\tc", "a:  \n\u00a0\u00a0\u00a0\u00a0b  \n\u00a0\u00a0\u00a0\u00a0c"},
		"headings":           {"# a\nb\n===\nc\n---", "\\# a  \nb  \n\\===  \nc  \n\\---"},
		"quotes, lists":      {"> a\n- b\n+ c\n1. d\n2) e\n* f", "\\> a  \n\\- b  \n\\+ c  \n1\\. d  \n2\\) e  \n\\* f"},
		"table":              {"a | b\n- | -\n:-:", "a \\| b  \n\\- \\| -  \n\\:-:"},
		"fence":              {"```sh\nx\n```\n~~~", "\\`\\`\\`sh  \nx  \n\\`\\`\\`  \n\\~\\~\\~"},
		"inside a line only": {"a # b - c + d = e 1. f", "a # b - c + d = e 1. f"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Escape(tt.in); got != tt.want {
				t.Errorf("Escape(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
			if active := channeltest.ActiveMarkdown(tt.want); active != "" {
				t.Errorf("%q holds active markup: %q", tt.want, active)
			}
		})
	}
}

func TestEscapeBehind(t *testing.T) {
	for in, want := range map[string]string{
		"9.1.4":          "9.1.4",
		"1. a\n1. b":     "1. a  \n1\\. b",
		"- *a*":          `- \*a\*`,
		"_a_":            `\_a\_`,
		"# 1\r\n\r\n# 2": "# 1\n\n\\# 2",
		"":               "",
	} {
		got := EscapeBehind(in)
		if got != want {
			t.Errorf("EscapeBehind(%q)\n got %q\nwant %q", in, got, want)
		}
		if active := channeltest.ActiveMarkdown("Label: " + got); active != "" {
			t.Errorf("%q holds active markup: %q", got, active)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("*a* _b_ <b> [x](y) ![i](z)\n# h\n1. l\n> q &lt; \\")
	f.Add("   indented\n\tcode\n\n\n| t |\n| - |")
	f.Add("a\r# b\xff🔥_c_")
	f.Fuzz(func(t *testing.T, text string) {
		got := Escape(text)
		if active := channeltest.ActiveMarkdown(got); active != "" {
			t.Fatalf("Escape(%q) = %q leaves %q active", text, got, active)
		}
		if n, most := len(got), textsplit.Width(text, Width)+1; n > most {
			t.Fatalf("Escape(%q) has %d bytes, its measure promised %d", text, n, most)
		}
		if strings.ContainsAny(text, "\x01\x02") {
			return // stand-ins in ShownMarkdown
		}
		seen, want := strings.Join(strings.Fields(channeltest.ShownMarkdown(got)), " "), strings.Join(strings.Fields(text), " ")
		if seen != want {
			t.Fatalf("Escape(%q) = %q shows as %q", text, got, seen)
		}
	})
}
