package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"tocsin/api"
	"tocsin/cmd/internal/daemon"
)

// clientTime is how long a command waits for the daemon.
const clientTime = 2 * time.Minute

// apiError is an error that the daemon answered.
type apiError struct {
	Status  int    `json:"-"`
	Message string `json:"message"`
	Why     string `json:"why"`
	Do      string `json:"do"`
	nobody  bool   // there is no daemon
}

// isNoDaemon reports whether nobody answered.
func isNoDaemon(err error) bool {
	e, ok := errors.AsType[*apiError](err)
	return ok && e.nobody
}

// Error returns the message and the reason.
func (e *apiError) Error() string {
	if e.Why == "" {
		return e.Message
	}
	return e.Message + ": " + e.Why
}

// ask sends a request to the daemon and reads the JSON answer into out: over
// the local socket, or to --addr with the token.
func (a *app) ask(ctx context.Context, method, path string, query url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	client, base, err := a.connect()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, base+api.Prefix+path+"?"+query.Encode(), body)
	if err != nil {
		return fmt.Errorf("the address %q is no URL", a.addr)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if err := a.authorize(req); err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return a.noDaemon(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return a.noDaemon(err)
	}
	return readAnswer(resp, text, out)
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 64 << 20

func readAnswer(resp *http.Response, text []byte, out any) error {
	var failed struct {
		Error *apiError `json:"error"`
	}
	if resp.StatusCode >= 400 && json.Unmarshal(text, &failed) == nil && failed.Error != nil {
		failed.Error.Status = resp.StatusCode
		return failed.Error
	}
	if resp.StatusCode >= 400 && resp.StatusCode != http.StatusUnprocessableEntity {
		return fmt.Errorf("the daemon answered %s", resp.Status)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return errors.New("the answer is not tocsin's: is something else listening there?")
	}
	return nil
}

func (a *app) connect() (*http.Client, string, error) {
	if a.addr != "" {
		base := strings.TrimSuffix(a.addr, "/")
		if !strings.Contains(base, "://") {
			base = "http://" + base
		}
		return &http.Client{Timeout: clientTime}, base, nil
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		path, release, err := daemon.SocketAddress(a.data)
		if err != nil {
			return nil, err
		}
		defer release()
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	return &http.Client{Transport: transport, Timeout: clientTime}, "http://localhost", nil
}

func (a *app) authorize(req *http.Request) error {
	if a.tokenFile == "" {
		return nil
	}
	text, err := os.ReadFile(a.tokenFile)
	if err != nil {
		return fmt.Errorf("read token: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(text)))
	return nil
}

// noDaemon says why nobody answers, and what to do.
func (a *app) noDaemon(err error) error {
	var fault *url.Error
	if errors.As(err, &fault) {
		err = fault.Err
	}
	if a.addr != "" {
		return &apiError{Message: "no answer from " + a.addr, Why: err.Error(), Do: "check the address, and that the daemon listens there"}
	}
	e := &apiError{nobody: true, Message: "no daemon answers in " + a.data, Why: err.Error(), Do: "start it with tocsin serve, or name its data folder with --data"}
	if errors.Is(err, os.ErrPermission) {
		e.Do = "run this as root or as the daemon's user"
	}
	return e
}
