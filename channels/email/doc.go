// Package email delivers messages over SMTP: one mail to all recipients of a
// channel, as text and HTML when the message is rich, as text alone otherwise.
//
// It speaks to one relay or submission server that the channel names. It finds
// no mail exchanger by itself, keeps no queue and retries nothing: that is the
// dispatcher's. It reads no mail.
//
// The message is laid out with github.com/wneessen/go-mail and sent with its
// SMTP client one command at a time, because the whole-mail calls of that
// library give up on every recipient when one is refused. Its neighbours are
// channels, whose contract it fulfils, and channels/textsplit, which cuts what
// is too long for a mail.
package email
