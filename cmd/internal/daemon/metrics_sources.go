package daemon

import (
	"github.com/prometheus/client_golang/prometheus"

	"tocsin/sources/crew"
)

// sourceMetrics tells how the sources are doing, at the moment of a scrape.
type sourceMetrics struct {
	crew                       *crew.Crew
	failing, restarts, notable *prometheus.Desc
}

func newSourceMetrics(c *crew.Crew) *sourceMetrics {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"source"}, nil)
	}
	return &sourceMetrics{
		crew:     c,
		failing:  desc("tocsin_source_failing", "Whether a source is hindered or waits to be run again."),
		restarts: desc("tocsin_source_restarts_total", "Runs of a source that ended by themselves."),
		notable:  desc("tocsin_source_events_total", "Events of a source that are kept."),
	}
}

// Describe implements prometheus.Collector.
func (m *sourceMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.failing, m.restarts, m.notable} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (m *sourceMetrics) Collect(out chan<- prometheus.Metric) {
	for _, s := range m.crew.States() {
		failing := 0.0
		if s.Trouble != "" {
			failing = 1
		}
		out <- prometheus.MustNewConstMetric(m.failing, prometheus.GaugeValue, failing, s.Name)
		out <- prometheus.MustNewConstMetric(m.restarts, prometheus.CounterValue, float64(s.Restarts), s.Name)
		out <- prometheus.MustNewConstMetric(m.notable, prometheus.CounterValue, float64(s.Findings), s.Name)
	}
}
