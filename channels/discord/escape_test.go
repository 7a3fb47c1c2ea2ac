package discord

import (
	"strings"
	"testing"

	"tocsin/channels/textsplit"
)

func TestEscape(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"plain":                   {"Guest 101 is up.", "Guest 101 is up."},
		"names stay readable":     {"backup_fail by root@pam on tank-2 (a | b) [INFO] ~5%", "backup_fail by root@pam on tank-2 (a | b) [INFO] ~5%"},
		"emphasis":                {"*a* _b_ __c__ ~~d~~", `\*a\* \_b\_ \_\_c\_\_ \~\~d\~\~`},
		"code and spoiler":        {"`x` ||y||", "\\`x\\` \\|\\|y\\|\\|"},
		"backslash":               {`C:\temp \*`, `C:\\temp \\\*`},
		"masked link":             {"[x](http://e.example)", `\[x](http://e.example)`},
		"mentions":                {"@everyone @here <@1> <@&2> <#3>", `\@everyone \@here \<@1> \<@&2> \<#3>`},
		"emoji, time, command":    {"<:a:1> <t:1:R> </c:1>", `\<:a:1> \<t:1:R> \</c:1>`},
		"comparison":              {"a < b", "a < b"},
		"heading":                 {"# a\n ## b\nc # d", "\\# a\n \\## b\nc # d"},
		"quote":                   {"> a\n>>> b\nc > d", "\\> a\n\\>>> b\nc > d"},
		"lists":                   {"- a\n12. b\n-# c\n-5 d\n1.5 e", "\\- a\n12\\. b\n\\-# c\n-5 d\n1.5 e"},
		"URL stays":               {"http://e.example/a_b?c=d", "http://e.example/a_b?c=d"},
		"URL swallows no escapes": {"http://e.example<@1>", "http://e.example\u200a\\<@1>"},
		"carriage return":         {"a\r# b", "a\r\\# b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := escape(tt.in); got != tt.want {
				t.Errorf("escape(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
			if active := activeMarkup(tt.want); active != "" {
				t.Errorf("%q holds active markup: %q", tt.want, active)
			}
		})
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("*a* _b_ <@1> [x](y)\n# h\n1. l\n> q http://e.example<t:1> \\")
	f.Add("@everyone @@here ||~~__``")
	f.Add("http://a://b<c<d \xff 🔥<")
	f.Fuzz(func(t *testing.T, text string) {
		got := escape(text)
		if back := strings.ReplaceAll(unescape(got), hairSpace, ""); back != strings.ReplaceAll(text, hairSpace, "") {
			t.Fatalf("escape(%q) = %q shows as %q", text, got, back)
		}
		if active := activeMarkup(got); active != "" {
			t.Fatalf("escape(%q) = %q leaves %q active", text, got, active)
		}
		if n, most := units(got), textsplit.Width(text, escapedWidth)+1; n > most {
			t.Fatalf("escape(%q) = %q has %d units, its measure promised %d", text, got, n, most)
		}
	})
}
