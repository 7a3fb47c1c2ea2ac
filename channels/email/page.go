package email

import (
	_ "embed"
	"html/template"
	"strings"

	"tocsin/engine/event"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// page is what the HTML part of a mail shows.
type page struct {
	Title, Severity, Type, Host, Time, Note string
	Colour                                  template.CSS
	Body                                    []string // lines
	Details                                 []row
}

// row is one detail of a page.
type row struct {
	Label string
	Value []string // lines
}

// renderPage returns m as an HTML page. html/template escapes all of m.
func renderPage(m *event.Message) (string, error) {
	p := page{
		Title: m.RichTitle(), Severity: m.Severity.String(), Type: m.Type, Host: m.Host, Colour: colour(m), Body: lines(m.Body),
	}
	if !m.Time.IsZero() {
		p.Time = m.Time.Format("2006-01-02 15:04:05 -0700")
	}
	if m.Repeat {
		p.Note = event.RepeatNote
	}
	for _, d := range m.Details {
		p.Details = append(p.Details, row{d.Label, lines(d.Value)})
	}
	var out strings.Builder
	if err := pageTemplate.Execute(&out, p); err != nil {
		return "", err
	}
	return out.String(), nil
}

// colour returns the colour of the bar. Good news is green whatever its
// severity. White text on it is easy to read (contrast of 4.5 or more).
func colour(m *event.Message) template.CSS {
	switch {
	case m.Outcome == event.Success:
		return "#2e7d32"
	case m.Severity == event.Critical:
		return "#c62828"
	case m.Severity == event.Warning:
		return "#b45309"
	}
	return "#1d5fbf"
}

// lines splits text where the page breaks it; nil when there is none.
func lines(text string) []string {
	if text = strings.TrimRight(text, "\n "); text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
