package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Load returns the judge's memory as the last commit left it: stamps and
// claims that have not expired by now, all buckets, and the held events in the
// order they came in. The data of an event have the types that JSON knows:
// sizes are numbers; spans and times are text.
func (s *Store) Load(ctx context.Context, now time.Time) (engine.Saved, error) {
	var saved engine.Saved
	err := s.view(ctx, "load state", func(t *view) (err error) {
		if saved.Stamps, err = loadStamps(ctx, t, now); err != nil {
			return fmt.Errorf("stamps: %w", err)
		}
		if saved.Buckets, err = loadBuckets(ctx, t); err != nil {
			return fmt.Errorf("bursts: %w", err)
		}
		if saved.Held, err = loadHeld(ctx, t); err != nil {
			return fmt.Errorf("held events: %w", err)
		}
		if saved.Claims, err = loadClaims(ctx, t, now); err != nil {
			return fmt.Errorf("claims: %w", err)
		}
		return loadWaits(ctx, t, now, &saved)
	})
	if err != nil {
		return engine.Saved{}, err
	}
	return saved, nil
}

// Glance returns how channels are doing and what waits in buffers.
func (s *Store) Glance(ctx context.Context) (engine.Saved, error) {
	var saved engine.Saved
	err := s.view(ctx, "look at the channels", func(t *view) (err error) {
		if saved.Health, err = loadHealth(ctx, t); err == nil {
			saved.Pending, err = loadPending(ctx, t)
		}
		return err
	})
	return saved, err
}

// loadWaits reads what waits for a moment or for another event.
func loadWaits(ctx context.Context, t *view, now time.Time, saved *engine.Saved) (err error) {
	if saved.Pending, err = loadPending(ctx, t); err != nil {
		return fmt.Errorf("what waits: %w", err)
	}
	if saved.Open, err = loadOpen(ctx, t); err != nil {
		return fmt.Errorf("open events: %w", err)
	}
	if saved.Causes, err = loadCauses(ctx, t, now); err != nil {
		return fmt.Errorf("causes: %w", err)
	}
	if saved.Digested, err = loadDigested(ctx, t); err != nil {
		return fmt.Errorf("digests: %w", err)
	}
	if saved.Health, err = loadHealth(ctx, t); err != nil {
		return fmt.Errorf("health: %w", err)
	}
	return nil
}

// loadStamps reads the log of stamps from its end and takes the first row of
// each fingerprint.
func loadStamps(ctx context.Context, t *view, now time.Time) ([]engine.Stamp, error) {
	var count int // so that a large memory is not copied while it grows
	if err := t.GetContext(ctx, &count, "SELECT count(*) FROM stamps"); err != nil {
		return nil, err
	}
	rows, err := t.QueryxContext(ctx, "SELECT "+stampColumns+" FROM stamps ORDER BY id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	seen := make(map[event.Fingerprint]bool, count)
	stamps := make([]engine.Stamp, 0, count)
	var row stampRow
	for rows.Next() {
		if err := rows.Scan(row.fields()...); err != nil {
			return nil, err
		}
		stamp := row.stamp()
		if !seen[stamp.Fingerprint] && stamp.Until.After(now) {
			stamps = append(stamps, stamp)
		}
		seen[stamp.Fingerprint] = true
	}
	slices.Reverse(stamps)
	return stamps, rows.Err()
}

func loadBuckets(ctx context.Context, t *view) ([]engine.Bucket, error) {
	var buckets []engine.Bucket
	return buckets, t.SelectContext(ctx, &buckets, "SELECT key, state FROM bursts ORDER BY key")
}

func loadHeld(ctx context.Context, t *view) ([]engine.Held, error) {
	var rows []heldRow
	if err := t.SelectContext(ctx, &rows, "SELECT event_id, bucket, event, channels FROM burst_pending ORDER BY id"); err != nil {
		return nil, err
	}
	held := make([]engine.Held, len(rows))
	for i, r := range rows {
		held[i] = engine.Held{Bucket: r.Bucket, Event: new(event.Event)}
		if err := json.Unmarshal([]byte(r.Event), held[i].Event); err != nil {
			return nil, fmt.Errorf("event %s: %w", r.EventID, err)
		}
		if err := json.Unmarshal([]byte(r.Named), &held[i].Channels); err != nil {
			return nil, fmt.Errorf("channels of event %s: %w", r.EventID, err)
		}
	}
	return held, nil
}

func loadClaims(ctx context.Context, t *view, now time.Time) ([]event.Claim, error) {
	var rows []claimRow
	if err := t.SelectContext(ctx, &rows, "SELECT key, digest, event_id, until FROM claims WHERE until > ? ORDER BY key", millis(now)); err != nil {
		return nil, err
	}
	claims := make([]event.Claim, len(rows))
	for i, r := range rows {
		claims[i] = r.claim()
	}
	return claims, nil
}

type claimRow struct {
	Key, Digest string
	EventID     string `db:"event_id"`
	Until       int64
}

func (r *claimRow) claim() event.Claim {
	return event.Claim{Key: r.Key, Digest: r.Digest, EventID: r.EventID, Until: instant(r.Until)}
}

func loadHealth(ctx context.Context, t *view) ([]engine.ChannelHealth, error) {
	var rows []struct {
		Channel  string
		Failures int
		Since    int64
		Told     bool
	}
	if err := t.SelectContext(ctx, &rows, "SELECT "+healthColumns+" FROM channel_health ORDER BY channel"); err != nil {
		return nil, err
	}
	list := make([]engine.ChannelHealth, len(rows))
	for i, r := range rows {
		list[i] = engine.ChannelHealth{Channel: r.Channel, Failures: r.Failures, Since: instant(r.Since), Told: r.Told}
	}
	return list, nil
}
