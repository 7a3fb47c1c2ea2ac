package edit

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// heredoc writes a text of several lines as a heredoc where the old value is
// one, with its marker and its indentation.
func (p *page) heredoc(f found, a *hclsyntax.Attribute, v *value) (string, bool) {
	text, ok := literalText(v.expr)
	r := p.sourceOf(a)
	old := p.text(r)
	if !ok || strings.HasPrefix(v.src, "<<") || !strings.HasPrefix(old, "<<") || !strings.Contains(text, "\n") || strings.ContainsAny(text, "\r") {
		return "", false
	}
	first, body, _ := strings.Cut(strings.ReplaceAll(old, "\r\n", "\n"), "\n")
	marker := strings.TrimPrefix(strings.TrimSpace(first[2:]), "-")
	close := body[strings.LastIndex(body, "\n")+1:]
	lead := ""
	if strings.HasPrefix(first, "<<-") {
		line, _, _ := strings.Cut(body, "\n")
		lead = line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, l := range lines {
		if strings.TrimSpace(l) == marker {
			return "", false
		}
		l = strings.NewReplacer("${", "$${", "%{", "%%{").Replace(l)
		if l != "" {
			l = lead + l
		}
		lines[i] = l
	}
	out := first + "\n" + strings.Join(lines, "\n") + "\n" + close
	check := newPage("value", false, []byte("x = "+out+"\n"))
	if check.body == nil {
		return "", false
	}
	got, ok := literalText(check.body.Attributes["x"].Expr)
	return out, ok && strings.TrimSuffix(got, "\n") == strings.TrimSuffix(text, "\n")
}
