// Package window tells times of the week apart: when quiet hours are, when a
// silence holds, when a digest is due. It reads texts such as "mon-fri
// 09:00-18:00 Europe/Madrid" and answers for any instant, right on the days on
// which the clocks change.
//
// It is pure: it reads no clock and keeps no timers; the judge asks it what an
// instant means.
package window
