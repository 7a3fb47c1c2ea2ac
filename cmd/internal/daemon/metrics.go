package daemon

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tocsin/engine/event"
	"tocsin/engine/store"
)

// metrics counts what happens. No label comes from event data.
type metrics struct {
	registry   *prometheus.Registry
	received   *prometheus.CounterVec
	decisions  *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	refused    *prometheus.CounterVec
	reloadOK   prometheus.Gauge
	reloadAt   prometheus.Gauge
	panics     *prometheus.CounterVec
	signIns    *prometheus.CounterVec
	beatAt     *prometheus.GaugeVec // without labels: it is not there before the first beat
}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tocsin_events_received_total", Help: "Events received, by source.",
		}, []string{"source"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tocsin_decisions_total", Help: "Decisions that stopped, held, changed or merged an event.",
		}, []string{"outcome", "reason"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tocsin_deliveries_total", Help: "Attempts to deliver a message, by channel and outcome.",
		}, []string{"channel", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tocsin_delivery_seconds", Help: "Time that one attempt to deliver took.",
			Buckets: []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"channel"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tocsin_events_refused_total", Help: "Events that were not taken, by reason and severity.",
		}, []string{"reason", "severity"}),
		reloadOK: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tocsin_config_last_reload_successful", Help: "Whether the configuration on disk is the one in use.",
		}),
		reloadAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tocsin_config_last_reload_success_timestamp_seconds", Help: "When the configuration in use was loaded.",
		}),
		panics: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tocsin_panics_total", Help: "Panics of tocsin's own code, by the part that began anew.",
		}, []string{"part"}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tocsin_sign_ins_total", Help: "Attempts to sign in, by what was shown and outcome.",
		}, []string{"by", "outcome"}),
		beatAt: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "tocsin_heartbeat_last_success_timestamp_seconds", Help: "When the heartbeat was last heard to say that all is well.",
		}, nil),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "tocsin_build_info", Help: "Always 1, with the version.", ConstLabels: prometheus.Labels{"version": version},
	})
	info.Set(1)
	m.registry.MustRegister(
		m.received, m.refused, m.decisions, m.deliveries, m.seconds, m.reloadOK, m.reloadAt, m.panics, m.signIns, m.beatAt, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// watchRecords shows whether the history is written, and what is not.
func (m *metrics) watchRecords(state func() store.Records) {
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tocsin_history_writable", Help: "Whether history, decisions and recorded events can be written.",
		}, func() float64 {
			if r := state(); !r.IsWhole() {
				return 0
			}
			return 1
		}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "tocsin_history_rows_lost_total", Help: "Rows of history, decisions and recorded events that could not be written.",
		}, func() float64 { return float64(state().Lost) }),
	)
}

// watchRole shows whether this node judges.
func (m *metrics) watchRole(judges func() bool) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tocsin_judges", Help: "Whether this node judges: always, unless several share a store.",
	}, func() float64 {
		if judges() {
			return 1
		}
		return 0
	}))
}

// watchCertificate shows when the certificate in use ends.
func (m *metrics) watchCertificate(expires func() time.Time) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tocsin_tls_certificate_expiry_timestamp_seconds", Help: "When the certificate that the API shows expires.",
	}, func() float64 { return float64(expires().Unix()) }))
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Received counts an event.
func (m *metrics) Received(source string) {
	switch source { // whatever a forwarding sender may say, these are all there are
	case "webhook", "api", "cli", "tocsin":
	default:
		source = "other"
	}
	m.received.WithLabelValues(source).Inc()
}

// Decided counts a decision.
func (m *metrics) Decided(outcome, reason string) { m.decisions.WithLabelValues(outcome, reason).Inc() }

// Delivered counts an attempt to deliver.
func (m *metrics) Delivered(channel string, err *event.SendError, took time.Duration) {
	outcome := "sent"
	if err != nil {
		outcome = err.Class.String()
	}
	m.deliveries.WithLabelValues(channel, outcome).Inc()
	m.seconds.WithLabelValues(channel).Observe(took.Seconds())
}

// Refused counts an event that was not taken.
func (m *metrics) Refused(reason, severity string) {
	m.refused.WithLabelValues(reason, severity).Inc()
}

func (m *metrics) reloaded(ok bool, now time.Time) {
	if !ok {
		m.reloadOK.Set(0)
		return
	}
	m.reloadOK.Set(1)
	m.reloadAt.Set(float64(now.Unix()))
}

// signedIn counts an attempt to sign in.
func (m *metrics) signedIn(by, outcome string) { m.signIns.WithLabelValues(by, outcome).Inc() }

func (m *metrics) panicked(part string) { m.panics.WithLabelValues(part).Inc() }

// beat notes the last heartbeat; the zero time says that there is none.
func (m *metrics) beat(at time.Time) {
	if at.IsZero() {
		m.beatAt.Reset()
		return
	}
	m.beatAt.WithLabelValues().Set(float64(at.Unix()))
}
