package daemon

import (
	"tocsin/api"
	"tocsin/channels"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/templates"
)

// plan gives the post room what it needs of a configuration.
func (r *running) plan() dispatch.Plan {
	lines := make(map[string]dispatch.Line, len(r.config.Channels))
	for name, ch := range r.config.Channels {
		if !ch.Enabled {
			continue
		}
		line := dispatch.Line{
			Waits: ch.Held, Rich: ch.Rich, GiveUp: ch.GiveUp, Pace: paceOf(ch.Channel), Rate: dispatch.Pace(ch.Rate.Pace()),
		}
		if f := ch.Fallback; f != nil {
			line.Fallback = dispatch.Fallback{Channel: f.Channel, After: f.After, Place: f.Place}
		}
		if !r.config.Policy.Enabled { // nothing is dispatched, also of what waits already
			line.Waits, line.Fallback = "tocsin.enabled is false", dispatch.Fallback{}
		}
		if ch.Channel != nil && line.Waits == "" {
			line.Sender = ch.Channel
		}
		line.Version = ch.Hash + line.Waits
		lines[name] = line
	}
	return dispatch.Plan{Policy: r.config.Policy, Render: render(r.config), Group: group(r.config), Lines: lines}
}

// paceOf returns how fast a channel may be sent to. One that is held has none.
func paceOf(ch channels.Channel) dispatch.Pace {
	if p, ok := ch.(channels.Paced); ok {
		return dispatch.Pace(p.Pace())
	}
	return dispatch.Pace{}
}

func group(c *rules.Config) func(dispatch.Group) []dispatch.Grouped {
	return func(g dispatch.Group) []dispatch.Grouped {
		var list []dispatch.Grouped
		for _, part := range c.Templates.Group(templates.Group{
			ID: g.ID, Buffer: g.Buffer, Channel: g.Channel, Rows: g.Rows, Total: g.Total, Highest: g.Highest,
			Host: c.Policy.Host, Now: g.Now, Late: g.Late, Early: g.Early,
		}) {
			list = append(list, dispatch.Grouped{Message: part.Message, Rows: part.Rows})
		}
		return list
	}
}

// inherit goes on with the channels of the version before whose settings are the
// same: they remember which parts of a long message arrived. It comes before the
// version is in use.
func (r *running) inherit(old *running) {
	for name, ch := range r.config.Channels {
		was := old.config.Channels[name]
		if was != nil && was.Channel != nil && ch.Channel != nil && was.Hash == ch.Hash {
			ch.Channel = was.Channel
		}
	}
}

func render(c *rules.Config) func(*event.Notification) (event.Message, []string) {
	return func(n *event.Notification) (event.Message, []string) {
		m, faults := c.Templates.Render(n)
		var words []string
		for _, f := range faults {
			words = append(words, f.Part+": "+f.Reason)
		}
		return m, words
	}
}

// doorOf gives the API what it needs of a configuration.
func doorOf(s *rules.Settings) api.Settings {
	return api.Settings{
		AllowedHosts: s.API.AllowedHosts, SendRate: api.Rate(s.API.Rate), Proxies: s.API.Proxies,
		WebhookSecret: s.Webhook.Secret, OldSecret: s.Webhook.OldSecret, WebhookMaxAge: s.Webhook.MaxAge, WebhookAllow: s.Webhook.Allow,
		WebhookRate: api.Rate(s.Webhook.Rate), LoopbackSecret: s.Webhook.LoopbackSecret,
	}
}
