// Package telegram delivers messages to chats, groups, channels and forum
// topics of Telegram, by the Bot API: sendMessage in HTML or as plain text.
//
// A message is laid out as text with bold ranges, cut into pieces in the unit
// that Telegram counts in, and only then escaped; so no tag and no entity is
// ever torn. The package reads no updates and needs no webhook: it only sends.
// Its neighbours are channels (the contract), channels/httpsend (the client),
// channels/textsplit (the cutting) and channels/progress (the memory of what a
// broken attempt delivered).
package telegram
