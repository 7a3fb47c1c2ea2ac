package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
)

// Node is a tocsin that uses the store.
type Node struct {
	Name    string
	Host    string
	Version string
	Judges  bool
	Started time.Time
	Self    bool
}

const (
	// liveTime is how long a node that is not heard of counts as there.
	liveTime = 4 * BeatEvery

	beatNode = `UPDATE nodes SET seen = clock_timestamp(), judges = ?2 WHERE node = ?1`
	joinNode = `INSERT INTO nodes (node, host, version, judges, started, seen) VALUES (?1, ?3, ?4, ?2, clock_timestamp(), clock_timestamp())`
	// Of those that ended without a word.
	forgetNodes = `DELETE FROM nodes WHERE seen < clock_timestamp() - interval '1 day'`
	selectNodes = `SELECT node AS name, host, version, judges, started, node = ?1 AS self FROM nodes
		WHERE seen > clock_timestamp() - CAST(?2 AS DOUBLE PRECISION) * interval '1 second' ORDER BY started, node`
)

// Beat says that this node is there. A node that judges and says nothing for
// twenty seconds loses its role.
func (s *Store) Beat(ctx context.Context, host, version string) error {
	if s.server == nil {
		return nil
	}
	return s.change(ctx, "say that this node is there", func(t *tx) error {
		n, err := t.count(beatNode, s.server.node, s.server.role.isJudge())
		if err != nil || n > 0 {
			return err
		}
		if _, err := t.exec(forgetNodes); err != nil {
			return err
		}
		_, err = t.exec(joinNode, s.server.node, s.server.role.isJudge(), host, version)
		return err
	})
}

// Nodes returns the nodes that are there, by age. A store that is not shared has
// none.
func (s *Store) Nodes(ctx context.Context) ([]Node, error) {
	if s.server == nil {
		return nil, nil
	}
	var list []Node
	if err := s.readers.SelectContext(ctx, &list, selectNodes, s.server.node, liveTime.Seconds()); err != nil {
		return nil, s.failed("read the nodes", err)
	}
	return list, nil
}

// Node is the name of this process among the nodes; empty: the store is not shared.
func (s *Store) Node() string {
	if s.server == nil {
		return ""
	}
	return s.server.node
}

// Bury frees what a node held that is known to be gone.
func (s *Store) Bury(ctx context.Context, node string) error {
	return s.change(ctx, "free what a node held", func(t *tx) error {
		if _, err := t.exec("UPDATE leases SET until = '-infinity', node = '' WHERE node = ?", node); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM nodes WHERE node = ?", node); err != nil {
			return err
		}
		_, err := t.exec(tellFreed)
		return err
	})
}

// leave gives up what others may take at once. What of it fails, they take later.
func (s *Store) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.Bury(ctx, s.server.node)
	_ = s.change(ctx, "give the role up", func(t *tx) error {
		s.server.role.lose()
		_, err := t.exec("SELECT pg_advisory_unlock_all()")
		return err
	})
}

// listenPause is how long a node waits before it listens again.
const listenPause = time.Second

// Follow tells of the tables in which other nodes did something, and with an empty
// name that anything may have happened, until ctx ends.
func (s *Store) Follow(ctx context.Context, heard func(table string)) {
	for s.server != nil && ctx.Err() == nil {
		_ = s.listen(ctx, heard) // why the database is gone is said by whoever wants something of it
		select {
		case <-ctx.Done():
		case <-time.After(listenPause):
		}
	}
}

func (s *Store) listen(ctx context.Context, heard func(string)) error {
	conn, err := pgx.ConnectConfig(ctx, s.server.config.Copy())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN tocsin"); err != nil {
		return err
	}
	heard("")
	for {
		note, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if note.PID != s.server.writes.Load() { // what this node did it knows
			heard(note.Payload)
		}
	}
}

// openServerReader opens a database to read it.
func openServerReader(ctx context.Context, address string) (*Reader, error) {
	s, err := newServerStore(address)
	if err != nil {
		return nil, err
	}
	s.openServerReaders()
	if err := s.checkServerSchema(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("read store: %w", s.explain(err)), s.Close())
	}
	return &Reader{s}, nil
}

func (s *Store) checkServerSchema(ctx context.Context) error {
	scripts, err := schemaScripts(serverMigrations, "migrations/postgres/*.sql")
	if err != nil {
		return err
	}
	have, err := serverSchema(ctx, s.readers)
	switch known := len(scripts); {
	case err != nil:
		return err
	case have == 0:
		return fmt.Errorf("%s holds nothing of tocsin yet: start the daemon once", s.place())
	case have > known:
		return &NewerError{Path: s.place(), Have: have, Known: known}
	case have < known:
		return fmt.Errorf("%s is of an older tocsin: start the daemon once, it brings it forward", s.place())
	}
	return nil
}

// useDump refuses a backup: PostgreSQL's own tool makes better ones.
func (s *Store) useDump(file string) error {
	c := s.server.config
	address := url.URL{Scheme: "postgres", User: url.User(c.User), Host: fmt.Sprintf("%s:%d", c.Host, c.Port), Path: "/" + c.Database}
	if c.Host != "" && c.Host[0] == '/' {
		address.Host, address.RawQuery = "", url.Values{"host": {c.Host}, "port": {fmt.Sprint(c.Port)}}.Encode()
	}
	return fmt.Errorf("the %s is backed up with PostgreSQL's own tool, also while tocsin runs: pg_dump --format=custom --file=%q %q, and restored with pg_restore", s.place(), file, address.String())
}
