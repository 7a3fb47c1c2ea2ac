package daemon

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tocsin/api"
	"tocsin/engine/event"
	"tocsin/engine/feed"
)

// newsKept is how much news is kept for readers that come back.
const newsKept = 4096

// newsText bounds the text of a message in the news, in bytes.
const newsText = 1000

// news is what happens, for the API's stream. It is made text when it is read, so
// that what happens waits for nobody.
type news struct {
	ring    *feed.Ring[item]
	epoch   string // tells the news of this run from that of others
	replace func() *strings.Replacer
}

// item is one piece of news.
type item struct {
	kind string
	data any
}

func newNews(started time.Time, replace func() *strings.Replacer) *news {
	return &news{feed.New[item](newsKept), strconv.FormatInt(started.UnixMilli(), 36), replace}
}

// heardJSON is an event as the news tell it: its data is looked up by its id.
type heardJSON struct {
	ID       string    `json:"id"`
	Type     string    `json:"event_type"`
	Severity string    `json:"severity,omitempty"`
	Source   string    `json:"source,omitempty"`
	Host     string    `json:"host,omitempty"`
	Time     time.Time `json:"time,omitzero"`
}

// Heard takes an event.
func (n *news) Heard(in *event.Incoming) {
	n.ring.Add(item{api.NewsEvent, heardJSON{in.ID, in.Type, in.Severity, in.Source, in.Host, in.Time}})
}

// Ruled takes a decision.
func (n *news) Ruled(d event.Decision) { n.ring.Add(item{api.NewsDecision, d}) }

// Settled takes what came of an attempt to deliver.
func (n *news) Settled(d event.Delivery) {
	if len(d.Message) > newsText {
		d.Message = strings.Clone(event.Clip(d.Message, newsText)) // so that the rest of it is not kept
	}
	n.ring.Add(item{api.NewsDelivery, d})
}

// configured takes which configuration runs.
func (n *news) configured(c api.ConfigRun) { n.ring.Add(item{api.NewsConfig, c}) }

// Last returns where the news ends at the moment.
func (n *news) Last() api.NewsPosition {
	return api.NewsPosition{Epoch: n.epoch, Number: n.ring.Last()}
}

// Read returns the news behind a position.
func (n *news) Read(after api.NewsPosition, most int) (api.NewsPage, error) {
	out := api.NewsPage{Restarted: after.Epoch != n.epoch}
	if out.Restarted {
		after = api.NewsPosition{Epoch: n.epoch}
	}
	p := n.ring.Read(after.Number, most)
	out.Missed, out.More, out.Ended, out.Next = p.Missed, p.More, p.Ended, after
	replace := n.replace()
	for i, it := range p.Items {
		text, err := json.Marshal(it.data)
		if err != nil {
			return out, fmt.Errorf("write news: %w", err)
		}
		out.Next.Number = p.First + uint64(i)
		out.News = append(out.News, api.News{Position: out.Next, Kind: it.kind, Data: replace.Replace(string(text))})
	}
	return out, nil
}
