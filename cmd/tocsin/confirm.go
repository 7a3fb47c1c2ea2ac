package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// confirm asks whether to do what has just been shown. It returns errNo when the
// answer is not yes, and another error when nobody is there to ask.
func (a *app) confirm(question string, yes bool) error {
	if yes {
		return nil
	}
	if !isTerminal(a.in) { // the output may go elsewhere
		return &apiError{Message: "nothing was changed, as nobody is there to be asked", Do: "look at what it would do, then say --yes"}
	}
	fmt.Fprintf(a.err, "%s [y/N] ", question)
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	fmt.Fprintln(a.err, "nothing was changed")
	return errNo
}
