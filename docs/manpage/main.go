// Command manpage makes the manual page tocsin.hcl(5) of the language
// reference:
//
//	go run ./docs/manpage
//
// It is a converter for the Markdown that the reference uses, not for all of
// Markdown: headings, paragraphs, lists, tables, fenced code, and inside of text
// code, strong words, emphasis and links. What it does not know it refuses. A
// test fails when the page in the repository is not the one that it makes.
//
// It goes in two steps: parse reads lines into blocks, page writes blocks as
// roff.
package main

import (
	"flag"
	"fmt"
	"os"

	"tocsin/docs"
)

func main() {
	out := flag.String("o", "docs/tocsin.hcl.5", "`file` to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "manpage:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	text, err := page(docs.Language())
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}
