package save

import (
	"fmt"
	"log/slog"
)

// String says what is wanted, without values, which may be secrets.
func (r Request) String() string {
	if r.Undo != "" {
		return "undo change " + r.Undo
	}
	if r.Text != nil {
		return "write " + r.Text.Path
	}
	return fmt.Sprint(r.Edits)
}

// GoString says no more than String.
func (r Request) GoString() string { return r.String() }

// LogValue says no more than String.
func (r Request) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String says what would change, without values, which may be secrets.
func (p *Preview) String() string { return fmt.Sprintf("%v of %d files", p.request, len(p.Files)) }

// GoString says no more than String.
func (p *Preview) GoString() string { return p.String() }

// LogValue says no more than String.
func (p *Preview) LogValue() slog.Value { return slog.StringValue(p.String()) }
