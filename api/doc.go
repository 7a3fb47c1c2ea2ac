// Package api is the front door: thin HTTP handlers below /api/notifications/
// over interfaces that it declares, the layers that guard them, and the health
// and metrics pages.
//
// It decides nothing about events and knows neither the configuration language
// nor the store: the daemon plugs those in. Errors have one shape and one table
// of statuses, in errors.go.
package api
