// Package api is the front door: thin HTTP handlers below /api/notifications/
// over interfaces that it declares, the layers that guard them, and the health
// and metrics pages.
//
// It decides nothing about events and knows neither the configuration language
// nor the store: the daemon plugs those in. What there is to ask for, and the
// scope that it needs, stands in routes.go; errors have one shape and one table
// of statuses, in errors.go.
//
// A request passes the guard (its Host, its path, no page of another origin), the
// router (its method), the token or session, and only then is its body looked at.
// Programs have tokens; people sign in (signin.go) and have sessions, whose pages
// show that what they change is asked for by themselves (session.go). The webhook
// has no token; its layers stand in webhook.go.
package api
