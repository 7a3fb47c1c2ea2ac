package look

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// mark stands for texts: another mark means that one of them is another.
func mark(texts ...string) string {
	sum := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(sum, "%d %s\n", len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
