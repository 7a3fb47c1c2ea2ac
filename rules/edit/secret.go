package edit

import (
	"fmt"
	"log/slog"
)

// String says what an edit does, without its value, which may be a secret.
func (e Edit) String() string { return fmt.Sprintf("%s %s", e.Op, e.Path) }

// GoString says no more than String.
func (e Edit) GoString() string { return e.String() }

// LogValue says no more than String.
func (e Edit) LogValue() slog.Value { return slog.StringValue(e.String()) }
