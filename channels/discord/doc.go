// Package discord delivers messages to a Discord channel through a webhook.
//
// A rich message becomes embeds with the colour of its severity, a plain one
// becomes content. Long ones are sent in several parts within Discord's
// limits. Markup and mentions in event text are escaped, and no message ever
// pings anybody.
//
// It makes one attempt and never retries, but it remembers which parts of a
// message went out, so that the next attempt goes on behind them. Its
// neighbours are channels, whose contract it fulfils, channels/httpsend, which
// carries its requests, and channels/textsplit, which cuts its texts.
package discord
