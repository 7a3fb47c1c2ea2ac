// Package dispatch is the post room: the one loop that owns time, the judge's
// state and the store. It takes events and settled deliveries, steps the judge,
// renders what it decides, keeps everything in one transaction and only then
// answers; a worker for each channel takes parcels from the outbox and sends
// them.
//
// It decides nothing itself: whether to tell is engine's, how to say it is the
// renderer's, how to deliver it the channel's. It declares the little that it
// needs of a store and of channels; the daemon plugs them in.
package dispatch
