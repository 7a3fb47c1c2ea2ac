package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tocsin/api"
	"tocsin/sources/spool"
)

// spool keeps an event for the daemon that does not answer now, for the reason in
// nobody. Whoever wants to wait for its deliveries cannot be answered.
func (a *app) spool(id string, body map[string]any, wait time.Duration, nobody error) error {
	body["time"] = time.Now().UTC().Format(time.RFC3339Nano)
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = api.ReadEvent(text)
	if bad, ok := errors.AsType[*api.Error](err); ok { // said now, to whoever wrote it
		return &apiError{Message: bad.Message, Why: bad.Why, Do: bad.Do}
	}
	if err := spool.Put(a.data, id, text); err != nil {
		return lost(nobody, err)
	}
	fmt.Fprintf(a.err, "spooled %s: %s; it is told when one starts\n", id, clean(nobody.Error()))
	if a.json {
		if err := a.printJSON(&sendAnswer{ID: id, Spooled: true}); err != nil {
			return err
		}
	}
	if wait > 0 {
		return errors.New("there is nobody to wait for: the event is kept, do not send it again")
	}
	return nil
}

// lost says that an event could neither be sent nor spooled.
func lost(nobody, err error) error {
	known, _ := errors.AsType[*apiError](nobody)
	return &apiError{
		nobody: true, Message: known.Message, Why: fmt.Sprintf("%s; and the event is not kept for later: %v", known.Why, err),
		Do: known.Do + ", and send it again",
	}
}
