package service

import (
	"regexp"
	"time"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/templates"
)

// Spec is one declared service. It does not change once it is made, and many
// goroutines may use it.
type Spec struct {
	Name   string // label of its channels: ntfy
	Title  string // for people: Nextcloud Talk
	Doc    string // one sentence: what it delivers to and what one needs for it
	Site   string // where the service describes its interface
	Closed string // why it can be used no longer; empty: it can
	Via    string // "apprise": only that speaks it, so that nothing else is declared

	Schemes []string // of Apprise addresses
	Secure  []string // those of Schemes that mean HTTPS
	Shapes  address.Set
	Fields  []Field
	Without map[string]string // keys of an address that ask for what cannot be done, and why it is refused

	Message  Message
	Levels   map[string]Level // what a tone is called by the service
	Steps    []*Step          // what goes before, such as a sign-in
	After    []*Step          // what goes behind, such as a sign-out; how it goes does not matter
	Requests []*Request       // the first that applies is made
	Success  Success
	Refusals []Refusal // the first that applies explains an answer
	Why      []Path    // where the service says what is wrong
	Retry    Path      // where it says how many seconds to wait
	Receipt  Path      // where it gives the message's id
	Pace     channels.Pace
}

// Level is a value for each tone of a message.
type Level map[string]any

// The tones of a message, which are Apprise's types.
const (
	ToneInfo    = "info"
	ToneSuccess = "success"
	ToneWarning = "warning"
	ToneFailure = "failure"
)

// Field is one thing that a channel of the service is set up with.
type Field struct {
	channels.Field
	Form    Form
	Aliases []string       // keys of an address's query that set it
	Pairs   string         // "+", "-" or ":": it takes the pairs of the query with that sign
	Words   []Word         // the values that it takes; none: any
	Pattern *regexp.Regexp // that a value, or each of a list, matches; nil: any
	Value   any            // when it is left out; nil: nothing
	Schemes map[string]any // what an address of such a scheme means when it says nothing of the field
}

// Form is what the texts of a field are.
type Form string

// The forms of texts.
const (
	Plain  Form = ""
	Phone  Form = "phone"  // kept as its digits, behind a + when it was written with one
	Email  Form = "email"  // an address, or NAME <ADDRESS>
	Server Form = "server" // kept as http(s)://HOST[:PORT][/PATH]
)

// Word is a value of a field and the other ways to write it.
type Word struct {
	Name  string
	Other []string
}

// Step is a request whose answer the later ones need, such as that for a token.
type Step struct {
	Name     string
	Request  *Request
	Save     map[string]Path // what of the answer is kept, by name
	Keep     time.Duration   // how long it is; 0: for one message
	KeepPath Path            // where the service says how many seconds; nil: nowhere
}

// Request is how one call is made.
type Request struct {
	Name    string              // empty: the service has one way only
	Nothing string              // why a message that it applies to takes no call; empty: it takes one
	When    *templates.Template // whose value must not be empty; nil: always
	Each    []Targets           // one call for each of their values
	Batch   *templates.Template // so many of them in one call; nil: one
	Method  *templates.Template // nil: POST
	URL     *templates.Template
	Query   []Entry
	Headers []Entry
	JSON    *Node
	Form    []Entry
	Text    *templates.Template // a body as it is
	Type    string              // Content-Type, where it is not that of the body; NoType: none
	AWS     *AWS
}

// Entry is a named value of a header, a query or a form. The name "$merge"
// stands for the pairs of a value that is a dictionary, and "h:$merge" for them
// with h: before each name.
type Entry struct {
	Name  string
	Value *Node
}

// AWS says how a call is signed for Amazon's services.
type AWS struct {
	Service, Region, Key, Secret *templates.Template
}

// Success is what an answer to a message that was taken looks like.
type Success struct {
	Statuses []int // none: any 2xx
	Checks   []Check
	Text     *regexp.Regexp // nil: any
}

// Check is a value that an answer must have.
type Check struct {
	Path   Path
	Values []any // one of them; none: nothing may be there
}

// Refusal explains answers that are no success.
type Refusal struct {
	Code     string         // stable word: bad_token
	Statuses []int          // none: any
	Text     *regexp.Regexp // of the body; nil: any
	Class    string         // temporary, target or message
	Do       string         // one sentence: the remedy
	Renew    bool           // what steps saved has ended: they are made anew
}
