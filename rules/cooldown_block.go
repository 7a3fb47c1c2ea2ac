package rules

import "time"

// decodeCooldown decodes the block about how long an event stays silent once
// it was told.
//
//	cooldown {
//	  critical = "1m"
//	  updates  = "24h"
//	}
func (l *loading) decodeCooldown(b *block) {
	cooldown, kept := decodeScoped(l, b, func(r *reader, a *argument) (time.Duration, bool) { return r.spanOf(a, 0, year) })
	l.config.Policy.Cooldown = cooldown
	l.cooldown = kept
}
