package diag

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// WriteGitHub writes the diagnostics as workflow commands, by which GitHub
// annotates the lines of a change. Paths begin with dir, the folder that was
// checked, as it was named.
func WriteGitHub(w io.Writer, diags hcl.Diagnostics, sources map[string][]byte, dir string) error {
	var b strings.Builder
	for _, d := range NewReport(diags, sources).Diagnostics {
		text := d.Detail
		if d.Label != "" {
			text = upper(d.Label) + " " + text
		}
		if d.In != "" {
			text = "In " + d.In + ": " + text
		}
		a := Annotation{Level: d.Severity, Title: d.Code + " " + d.Summary, Text: text}
		if d.Place != nil {
			a.File, a.Line, a.EndLine = InFolder(dir, d.Place.File), d.Place.Start.Line, d.Place.End.Line
			a.Column, a.EndColumn = d.Place.Start.Column, d.Place.End.Column
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
	return path.Join(strings.ReplaceAll(dir, `\`, "/"), file)
}

// upper makes a label a sentence.
func upper(text string) string {
	text = strings.ToUpper(text[:1]) + text[1:]
	if strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
