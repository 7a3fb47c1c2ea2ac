package tail

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// shift rotates the log as logrotate does: each older file gets the next number.
func (h *host) shift(rotate func(from, to string)) {
	for n := 20; n > 0; n-- {
		if _, err := os.Stat(h.path(fmt.Sprint("app.log.", n))); err == nil {
			h.rename(fmt.Sprint("app.log.", n), fmt.Sprint("app.log.", n+1))
		}
	}
	rotate("app.log", "app.log.1")
}

// Whatever happens to a log and to the tail, in whatever order, each line is told once,
// and in its order.
func TestAnyStory(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			story(t, func(h *host) {
				random := rand.New(rand.NewPCG(seed, 7))
				h.add("app.log", "the first line\n")
				h.run()
				var want []string
				write := func() {
					n := fmt.Sprint(len(want))
					want = append(want, n)
					h.add("app.log", "n is "+n)
					if random.IntN(3) == 0 {
						h.pass(time.Duration(random.IntN(3000)) * time.Millisecond)
					}
					h.add("app.log", "\n")
				}
				for range 40 {
					switch random.IntN(8) {
					case 0:
						h.shift(h.rename)
						write()
					case 1:
						write()
						h.pass(poll) // of what was never looked at no copy is known
						h.shift(h.copyTruncate)
					case 2:
						h.kill()
						for range random.IntN(3) {
							write()
						}
						if random.IntN(2) == 0 {
							h.shift(h.rename)
							write()
						}
						h.run()
					case 3:
						h.pass(time.Duration(random.IntN(100)) * time.Second)
					default:
						write()
					}
				}
				h.wantAfter(strings.Join(want, " "))
				h.quiet()
			})
		})
	}
}
