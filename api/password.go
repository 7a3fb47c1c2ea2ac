package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// What a password must be: long. Rules about its characters make it no better.
const (
	leastPassword = 12  // characters
	mostPassword  = 512 // bytes
)

// cost is what finding a password out costs.
type cost struct {
	memory, time uint32 // KiB, passes
	threads      uint8
}

// newCost is that of new passwords: what OWASP asks for, 40 ms or so. It is little
// memory, so that two at once fit beside everything else.
func newCost() cost { return cost{memory: 19 << 10, time: 2, threads: 1} }

// mostCost bounds what a stored password may ask for: whoever writes into the
// database must not stop the daemon with it.
func mostCost() cost { return cost{memory: 256 << 10, time: 16, threads: 8} }

const (
	saltBytes = 16
	keyBytes  = 32
)

// nobodysPassword is that of accounts which are not there or have none: comparing
// with it takes as long as with any other, and no password is the one.
const nobodysPassword = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// kiln makes and compares digests of passwords, two at once: each takes memory and
// a processor, which somebody without a password must not use up.
type kiln struct{ places chan struct{} }

// kilnTime is how long a caller waits for a place.
const kilnTime = 5 * time.Second

func newKiln() *kiln { return &kiln{make(chan struct{}, 2)} }

func (k *kiln) enter(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, kilnTime)
	defer cancel()
	select {
	case k.places <- struct{}{}:
		return func() { <-k.places }, nil
	case <-ctx.Done():
		return nil, errBusy
	}
}

// hash makes what is kept of a password.
func (k *kiln) hash(ctx context.Context, password string) (string, error) {
	leave, err := k.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	c := newCost()
	key := argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, keyBytes)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads, b64(salt), b64(key)), nil
}

// matches reports whether a password is the one that was kept. None was kept of an
// account that is not there.
func (k *kiln) matches(ctx context.Context, password, kept string) (bool, error) {
	leave, err := k.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	if kept == "" {
		kept = nobodysPassword
	}
	c, salt, want, ok := parsePassword(kept)
	if !ok {
		return false, errors.New("a stored password is unreadable: set it anew with tocsin account password")
	}
	if len(password) > mostPassword {
		password = "" // which is none
	}
	got := argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// parsePassword reads what is kept of a password.
func parsePassword(kept string) (c cost, salt, key []byte, ok bool) {
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil {
		return c, nil, nil, false
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	most := mostCost()
	ok = saltErr == nil && keyErr == nil && len(salt) >= 8 && len(key) >= 16 && len(key) <= 64 &&
		c.time > 0 && c.threads > 0 && c.time <= most.time && c.memory <= most.memory && c.threads <= most.threads
	return c, salt, key, ok
}

// checkPassword says what is wrong with a new password.
func checkPassword(password string) error {
	if !utf8.ValidString(password) || utf8.RuneCountInString(password) < leastPassword || len(password) > mostPassword {
		return errMalformed.because(fmt.Sprintf("the password is shorter than %d characters or longer than %d bytes", leastPassword, mostPassword), "several words make a good one")
	}
	return nil
}
