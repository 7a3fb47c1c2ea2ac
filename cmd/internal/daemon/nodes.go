package daemon

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tocsin/api"
	"tocsin/engine/dispatch"
	"tocsin/engine/store"
)

const (
	// campaignEvery is how often a node that does not judge tries to, and how often
	// it looks for what it may not have heard of.
	campaignEvery = time.Second

	// wakeEvery is how often the workers look for messages that other nodes queued
	// and that they did not hear of.
	wakeEvery = 10 * time.Second

	// wakePause is between two times that what other nodes queue wakes the workers: in
	// a flood each transaction tells of it.
	wakePause = 100 * time.Millisecond
)

// nodeName is the file in the data folder that holds the name under which its
// daemon last shared a store.
const nodeName = "node"

// bury frees what the daemon before this one held of a shared store. It is gone, as
// this one has the lock of the data folder.
func (d *Daemon) bury(ctx context.Context) error {
	if !d.store.IsShared() {
		return nil
	}
	path := filepath.Join(d.Data, nodeName)
	before, err := os.ReadFile(path)
	if err == nil && len(before) > 0 {
		if err := d.store.Bury(ctx, string(before)); err != nil {
			return err
		}
	}
	if err := os.WriteFile(path, []byte(d.store.Node()), 0o600); err != nil {
		d.Log.Warn("if this daemon is killed, the one after it waits for a minute before it sends", "err", err)
	}
	return nil
}

// lead makes this node the one that judges whenever no other is, until ctx ends.
func (d *Daemon) lead(ctx context.Context) {
	for d.store.IsShared() && ctx.Err() == nil {
		if d.campaign(ctx) {
			select {
			case <-ctx.Done():
				return // what it takes is judged to the end
			case <-d.store.Deposed():
			}
			if err := d.post.Resign(ctx); err != nil {
				return // it ends
			}
			continue // it may be free again
		}
		select {
		case <-ctx.Done():
		case <-time.After(campaignEvery):
		}
	}
}

// campaign reports whether this node judges now.
func (d *Daemon) campaign(ctx context.Context) bool {
	judges, err := d.store.Campaign(ctx)
	if err == nil && judges {
		err = d.post.Judge(ctx)
	}
	if ctx.Err() != nil {
		return false
	}
	if failing := err != nil; failing != d.unled.Swap(failing) && failing {
		d.Log.Error("this node can neither judge nor hear who does", "err", storeError(err))
	}
	if err != nil || !judges {
		return false
	}
	d.Log.Info("this node judges")
	d.beat(ctx)
	return true
}

// beats says again and again that this node is there, and looks who else is.
func (d *Daemon) beats(ctx context.Context) {
	tick := time.NewTicker(store.BeatEvery)
	defer tick.Stop()
	for d.store.IsShared() && ctx.Err() == nil {
		d.beat(ctx)
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

func (d *Daemon) beat(ctx context.Context) {
	host, _ := os.Hostname()
	if err := d.store.Beat(ctx, host, d.Version); err != nil {
		d.Log.Debug("this node is not heard of", "err", err) // said by the campaign
		return
	}
	d.countNodes(ctx)
}

// countNodes tells the post room how many share the channels.
func (d *Daemon) countNodes(ctx context.Context) {
	nodes, err := d.store.Nodes(ctx)
	if err != nil {
		d.Log.Debug("the nodes are not counted", "err", err)
		return
	}
	if d.post.SetNodes(len(nodes)) { // some channels may be others' to send over
		d.post.Wake(ctx, dispatch.Freed)
	}
}

// hear takes notice of what other nodes do: as they say it, and from time to time,
// as a word may be lost.
func (d *Daemon) hear(ctx context.Context) {
	if !d.store.IsShared() {
		return
	}
	var following sync.WaitGroup
	queued := make(chan struct{}, 1)
	following.Go(func() {
		d.store.Follow(ctx, func(table string) {
			if table != "outbox" {
				d.heard(ctx, table)
				return
			}
			select {
			case queued <- struct{}{}:
			default: // they are woken already
			}
		})
	})
	defer following.Wait()
	look, wake := time.NewTicker(campaignEvery), time.NewTicker(wakeEvery)
	defer look.Stop()
	defer wake.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			d.heard(ctx, "inbox")
			d.heard(ctx, "tokens")
		case <-wake.C:
			d.post.Wake(ctx, dispatch.Freed)
		case <-queued:
			d.post.Wake(ctx, dispatch.Queued)
			select {
			case <-ctx.Done():
			case <-time.After(wakePause):
			}
		}
	}
}

// heard takes notice of one thing.
func (d *Daemon) heard(ctx context.Context, what string) {
	if what == "" { // the connection was gone, perhaps the one that judges is too
		d.beat(ctx)
	}
	if what == "inbox" || what == "" {
		d.post.Heard()
	}
	if what == "tokens" || what == "" {
		d.keys.refresh(ctx)
	}
	switch what {
	case "nodes":
		d.countNodes(ctx)
	case "leases":
		d.post.Wake(ctx, dispatch.Freed)
	case "retry":
		d.post.Wake(ctx, dispatch.Asked)
	case "":
		d.post.Wake(ctx, dispatch.Freed)
		d.post.Wake(ctx, dispatch.Asked)
	}
}

// nodeStates shows the nodes that share the store.
func (d *Daemon) nodeStates(ctx context.Context) ([]api.Node, error) {
	nodes, err := d.store.Nodes(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	list := make([]api.Node, len(nodes))
	for i, n := range nodes {
		list[i] = api.Node{Host: n.Host, Version: n.Version, Judges: n.Judges, Started: n.Started.Round(time.Second), Self: n.Self}
	}
	return list, nil
}

// leaderless tells that no node judges, in which case what is accepted waits;
// empty: one does.
func (d *Daemon) leaderless(ctx context.Context) string {
	if !d.store.IsShared() || d.store.IsJudge() {
		return ""
	}
	nodes, err := d.store.Nodes(ctx)
	if err != nil {
		return storeError(err).Error()
	}
	var hosts []string
	for _, n := range nodes {
		if n.Judges {
			return ""
		}
		hosts = append(hosts, n.Host)
	}
	return fmt.Sprintf("none of the nodes (%s) judges: what is accepted waits", strings.Join(hosts, ", "))
}
