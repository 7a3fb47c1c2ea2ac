package daemon

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// scrapeLimit bounds what one scrape may wait for the store and the post room.
const scrapeLimit = 2 * time.Second

// channelMetrics tells how the channels are doing, at the moment of a scrape.
type channelMetrics struct {
	daemon                                  *Daemon
	failing, failures, outbox, oldest, held *prometheus.Desc
}

func newChannelMetrics(d *Daemon) *channelMetrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, append([]string{"channel"}, labels...), nil)
	}
	return &channelMetrics{
		daemon:   d,
		failing:  desc("tocsin_channel_failing", "Whether a channel fails or waits for something."),
		failures: desc("tocsin_channel_failures", "Failed attempts of a channel since its last success."),
		outbox:   desc("tocsin_outbox_messages", "Messages in the outbox, by channel: waiting, or dead.", "state"),
		oldest:   desc("tocsin_outbox_oldest_seconds", "Age of the oldest message that waits for a channel."),
		held:     desc("tocsin_held_messages", "Messages held for quiet hours or a digest, by channel.", "buffer"),
	}
}

// Describe implements prometheus.Collector.
func (m *channelMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.failing, m.failures, m.outbox, m.oldest, m.held} {
		out <- d
	}
}

// Collect implements prometheus.Collector. What cannot be read is left out: the
// metrics of the store tell why.
func (m *channelMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLimit)
	defer cancel()
	list, err := m.daemon.Channels(ctx)
	if err != nil {
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, c := range list {
		failing := 0.0
		if c.State != "ok" {
			failing = 1
		}
		gauge(m.failing, failing, c.Name)
		gauge(m.failures, float64(c.Failures), c.Name)
		gauge(m.outbox, float64(c.Queue.Waiting), c.Name, "waiting")
		gauge(m.outbox, float64(c.Queue.Dead), c.Name, "dead")
		if c.Queue.Oldest != nil {
			gauge(m.oldest, max(time.Since(*c.Queue.Oldest), 0).Seconds(), c.Name)
		}
		if c.Queue.Quiet != nil {
			gauge(m.held, float64(c.Queue.Quiet.Messages), c.Name, "quiet_hours")
		}
		if c.Queue.Digest != nil {
			gauge(m.held, float64(c.Queue.Digest.Messages), c.Name, "digest")
		}
	}
}
