package diag

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// WriteGitHub writes the diagnostics as workflow commands, by which GitHub
// annotates the lines of a change. Locate tells where a file of a diagnostic is,
// as seen from the repository.
func WriteGitHub(w io.Writer, diags hcl.Diagnostics, sources map[string][]byte, locate func(file string) string) error {
	var b strings.Builder
	for _, d := range NewReport(diags, sources).Diagnostics {
		a := Annotation{Level: d.Severity, Title: strings.TrimSpace(d.Code + " " + d.Summary), Text: sentences(d.Label, d.Detail)}
		if d.In != "" {
			a.Text = strings.TrimSuffix("In "+d.In+": "+a.Text, ": ")
		}
		if a.Text == "" { // a command without a text is none
			a.Text = sentences(d.Summary)
		}
		if d.Place != nil {
			r := regionOf(d.Place, sources)
			a.File, a.Line, a.EndLine, a.Column, a.EndColumn = locate(d.Place.File), r.StartLine, r.EndLine, r.StartColumn, r.EndColumn
		}
		b.WriteString(a.String() + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Annotation is one workflow command. Zero numbers are left out.
type Annotation struct {
	Level                            string // error, warning or notice
	File                             string
	Line, EndLine, Column, EndColumn int
	Title, Text                      string
}

// String returns the command as GitHub reads it.
func (a Annotation) String() string {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var properties []string
	add := func(name, value string) {
		if value != "" && value != "0" {
			properties = append(properties, name+"="+property.Replace(value))
		}
	}
	add("file", a.File)
	add("line", fmt.Sprint(a.Line))
	add("endLine", fmt.Sprint(a.EndLine))
	if a.Line == a.EndLine { // columns count within one line
		add("col", fmt.Sprint(a.Column))
		add("endColumn", fmt.Sprint(a.EndColumn))
	}
	add("title", a.Title)
	text := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(a.Text)
	return "::" + a.Level + " " + strings.Join(properties, ",") + "::" + text
}

// InFolder returns the path of a file of a folder, as seen from where the folder
// was named.
func InFolder(dir, file string) string {
	if path.IsAbs(file) || dir == "" {
		return file
	}
	return path.Join(dir, file)
}
