package builtin_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// shown writes what a service was sent so that a person can read it, by kind.
var shown = map[string]func(t *testing.T, sent string) string{
	"telegram": showTelegram, "discord": showDiscord, "gotify": showGotify, "matrix": showMatrix, "email": showMail,
	"log": func(_ *testing.T, sent string) string { return sent },
}

// hidden names the characters that nobody sees and everybody should know of.
var hidden = strings.NewReplacer("  \n", "‹br›\n", "\u00a0", "‹nbsp›", "\u2060", "‹wj›", "\u200b", "‹zwsp›", "\u200a", "‹hair›")

// visible returns text with what is hidden in it.
func visible(text string) string { return hidden.Replace(text) }

func decodeJSON(t *testing.T, sent string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(sent), into); err != nil {
		t.Fatalf("%v in %s", err, sent)
	}
}

func showTelegram(t *testing.T, sent string) string {
	var m struct {
		Text      string
		ParseMode string `json:"parse_mode"`
	}
	decodeJSON(t, sent, &m)
	if m.ParseMode == "" {
		return visible(m.Text)
	}
	return "parse_mode: " + m.ParseMode + "\n\n" + visible(m.Text)
}

func showDiscord(t *testing.T, sent string) string {
	var m struct {
		Content string
		Embeds  []struct {
			Title, Description, Timestamp string
			Color                         int
			Fields                        []struct {
				Name, Value string
				Inline      bool
			}
			Footer struct{ Text string }
		}
	}
	decodeJSON(t, sent, &m)
	var b strings.Builder
	b.WriteString(visible(m.Content))
	for _, e := range m.Embeds {
		fmt.Fprintf(&b, "color:  #%06x\ntitle:  %s\n\n%s\n\n", e.Color, visible(e.Title), visible(e.Description))
		for _, f := range e.Fields {
			mark := ""
			if f.Inline {
				mark = ", inline"
			}
			fmt.Fprintf(&b, "field%s:  %s = %s\n", mark, visible(f.Name), visible(f.Value))
		}
		fmt.Fprintf(&b, "footer:  %s  %s\n", visible(e.Footer.Text), e.Timestamp)
	}
	return b.String()
}

func showGotify(t *testing.T, sent string) string {
	var m struct {
		Title, Message string
		Priority       int
		Extras         struct {
			Display struct{ ContentType string } `json:"client::display"`
		}
	}
	decodeJSON(t, sent, &m)
	return fmt.Sprintf("title:  %s\npriority:  %d\n%s\n\n%s", visible(m.Title), m.Priority, m.Extras.Display.ContentType, visible(m.Message))
}

func showMatrix(t *testing.T, sent string) string {
	var m struct {
		Type      string `json:"msgtype"`
		Body      string `json:"body"`
		Formatted string `json:"formatted_body"`
	}
	decodeJSON(t, sent, &m)
	return fmt.Sprintf("%s\n\n%s\n\n%s", m.Type, visible(m.Body), visible(strings.ReplaceAll(m.Formatted, "<br>", "<br>\n")))
}
