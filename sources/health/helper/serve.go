package helper

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"tocsin/sources/health"
)

// Reader reads the items of a fact.
type Reader interface {
	Read(ctx context.Context, fact string) ([]map[string]any, error)
}

const (
	maxAnswer = 8 << 20          // bytes
	patience  = 95 * time.Second // for one fact, longer than it may be read for
)

// answer is what goes back: items, or why there are none.
type answer struct {
	Items []map[string]any `json:"items,omitempty"`
	Error string           `json:"error,omitempty"`
}

// Serve answers on a socket until ctx ends, with what reader tells of the facts that
// need root's rights. Any other fact it does not know.
func Serve(ctx context.Context, l net.Listener, reader Reader, log *slog.Logger) error {
	mux := http.NewServeMux()
	for _, f := range health.Facts() {
		if f.Root {
			mux.HandleFunc("GET /"+f.Name, func(w http.ResponseWriter, r *http.Request) { tell(w, r, reader, f.Name, log) })
		}
	}
	server := &http.Server{
		Handler: http.MaxBytesHandler(mux, 0), ReadTimeout: 5 * time.Second, WriteTimeout: patience, IdleTimeout: time.Minute,
		MaxHeaderBytes: 8 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// tell answers one question.
func tell(w http.ResponseWriter, r *http.Request, reader Reader, fact string, log *slog.Logger) {
	items, err := reader.Read(r.Context(), fact)
	a := answer{Items: items}
	if err != nil {
		a = answer{Error: err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(a); err != nil {
		log.Warn("a fact could not be told", "fact", fact, "err", err)
	}
}
