// Package webhook posts messages to any HTTP address: by default the JSON
// document of package document, otherwise what a template of the operator makes
// of it. A request carries an id by which its receiver can tell repeats, and may
// be signed in the form of Standard Webhooks.
//
// A body that claims to be JSON is JSON: a template that glues texts into quotes
// is found when the configuration is loaded, and a body that is none for one odd
// event is not sent. It makes one attempt and never retries. Its neighbours are
// channels, whose contract it fulfils, channels/httpsend, which carries its
// requests, channels/document, channels/signature and templates.
package webhook
