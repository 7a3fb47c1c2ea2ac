package event

// Position is how far a source of events has read. Only the source itself knows
// what the text means: a cursor, an offset, a small state.
type Position struct {
	Source string // unique name of the source
	At     string
}
