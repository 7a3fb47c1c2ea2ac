// Package apprise sends to services that tocsin does not speak itself, by a real
// Apprise: its API server, or its command on this host.
//
// A Fallback is what decides and sends: it knows from Apprise which schemas that
// speaks. A message goes out with one URL a call, so that the outcome is about
// it; the URL stands in the body of a request or in the environment, never among
// arguments, and in no error. Whoever has an Apprise URL looks for a native
// service first, and asks a Fallback for the rest.
//
// It makes one attempt and never retries. Its neighbours are channels, whose
// contract it fulfils, channels/httpsend and channels/program.
package apprise
