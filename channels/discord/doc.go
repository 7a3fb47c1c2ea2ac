// Package discord delivers messages to a Discord channel through a webhook.
//
// A rich message becomes embeds with the colour of its severity, a plain one
// becomes content. Long ones are sent in several parts within Discord's
// limits. Markup and mentions in event text are escaped, and no message ever
// pings anybody.
//
// It makes one attempt and never retries, but the next attempt at a message
// goes on behind the parts that went out. Its neighbours are channels, whose
// contract it fulfils, channels/httpsend, which carries its requests,
// channels/textsplit, which cuts its texts, and channels/progress, which
// remembers what went out.
package discord
