package proxmenux

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// rewriter writes the settings of the AI rewriter as a comment, as who switches one
// on should look at what leaves the host first.
func (c *conversion) rewriter(p *page) {
	provider := cmp.Or(c.text("ai_provider"), "groq")
	on := c.on("ai_enabled")
	model := cmp.Or(c.text("ai_model_"+provider), c.text("ai_model"))
	key := "ai_api_key_" + provider
	if !c.has(key) {
		key = "ai_api_key"
	}
	for k := range c.Settings {
		if strings.HasPrefix(k, "ai_") {
			c.used[k] = true
		}
	}
	if !on && !c.has(key) {
		return
	}
	p.comment("The model that rewrote messages%s. Texts go out as the templates make them until you", map[bool]string{true: "", false: " was switched off"}[on])
	p.comment("take the marks off; look at what leaves the host then.")
	p.comment("")
	p.comment("ai {")
	p.comment("  provider = %s", quote(provider))
	if model != "" {
		p.comment("  model    = %s", quote(model))
	}
	if c.has(key) {
		p.comment("  api_key  = %s", c.secret(key, "ai_api_key"))
	}
	for _, k := range []string{"ai_ollama_url", "ai_openai_base_url"} {
		if c.has(k) && strings.Contains(k, provider) {
			p.comment("  base_url = %s", quote(c.text(k)))
		}
	}
	if lang := c.text("ai_language"); lang != "" {
		p.comment("  language = %s", quote(lang))
	}
	if c.text("ai_prompt_mode") == "custom" && c.has("ai_custom_prompt") {
		p.comment("  prompt   = %s", quote(c.text("ai_custom_prompt")))
	}
	p.comment("}")
	p.gap()
}

// rest notes what has no place here.
func (c *conversion) rest(p *page) {
	for _, key := range slices.Sorted(maps.Keys(c.Settings)) {
		switch {
		case c.used[key] || !c.has(key):
		case strings.HasPrefix(key, "event_explicit."): // only its own bookkeeping
		case key == "pbs_trusted_sources" || key == "pbs_host" || key == "pve_host":
			c.note("%s = %s: other hosts post to the webhook with its secret; webhook { allow } narrows from where", key, c.Settings[key])
		default:
			c.note("%s has no place in tocsin", key)
		}
	}
	if len(c.result.Notes) == 0 {
		return
	}
	p.comment("Not carried over:")
	for _, n := range c.result.Notes {
		p.comment("- %s", n)
	}
}
