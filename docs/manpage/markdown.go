package main

import (
	"fmt"
	"strings"
)

// kind is what a block of the page is.
type kind uint8

const (
	heading kind = iota
	paragraph
	list
	table
	code
)

// block is one part of the page.
type block struct {
	kind  kind
	level int        // of a heading
	text  string     // of a heading, paragraph or code
	items []string   // of a list
	rows  [][]string // of a table; the first is its head
}

// parse reads Markdown into blocks.
func parse(markdown string) ([]block, error) {
	p := &parser{lines: strings.Split(strings.TrimRight(markdown, "\n"), "\n")}
	for p.at < len(p.lines) {
		if err := p.block(); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.at+1, err)
		}
	}
	return p.blocks, nil
}

type parser struct {
	lines  []string
	at     int
	blocks []block
}

// block reads one block, or passes over an empty line or a comment.
func (p *parser) block() error {
	line := p.lines[p.at]
	switch {
	case strings.TrimSpace(line) == "", strings.HasPrefix(line, "<!--") && strings.HasSuffix(line, "-->"):
		p.at++
	case strings.HasPrefix(line, "#"):
		text := strings.TrimLeft(line, "#")
		p.add(block{kind: heading, level: len(line) - len(text), text: strings.TrimSpace(text)})
		p.at++
	case strings.HasPrefix(line, "```"):
		return p.code()
	case strings.HasPrefix(line, "|"):
		return p.table()
	case strings.HasPrefix(line, "- "):
		p.list()
	case strings.HasPrefix(line, ">"), strings.HasPrefix(line, "* "), strings.HasPrefix(line, "    "), strings.HasPrefix(line, "<"):
		return fmt.Errorf("%q is Markdown that the converter does not know", line)
	default:
		p.add(block{kind: paragraph, text: p.text()})
	}
	return nil
}

func (p *parser) add(b block) { p.blocks = append(p.blocks, b) }

// text reads the lines of a paragraph or of an item, up to what begins another
// block.
func (p *parser) text() string {
	var lines []string
	for ; p.at < len(p.lines); p.at++ {
		line := strings.TrimSpace(p.lines[p.at])
		if line == "" || len(lines) > 0 && begins(p.lines[p.at]) {
			break
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// begins reports whether a line ends the text before it.
func begins(line string) bool {
	for _, mark := range []string{"#", "```", "|", "- ", "<!--"} {
		if strings.HasPrefix(line, mark) {
			return true
		}
	}
	return false
}

// list reads items; the lines that go on with one are indented.
func (p *parser) list() {
	b := block{kind: list}
	for p.at < len(p.lines) && strings.HasPrefix(p.lines[p.at], "- ") {
		p.lines[p.at] = p.lines[p.at][2:]
		b.items = append(b.items, p.text())
	}
	p.add(b)
}

// code reads a fenced block. One without text is made by a test and left out
// until then.
func (p *parser) code() error {
	start := p.at
	for p.at++; p.at < len(p.lines); p.at++ {
		if p.lines[p.at] != "```" {
			continue
		}
		if text := strings.Join(p.lines[start+1:p.at], "\n"); text != "" {
			p.add(block{kind: code, text: text})
		}
		p.at++
		return nil
	}
	p.at = start
	return fmt.Errorf("the block of code is never closed")
}

// table reads rows; the line of dashes below the head is dropped.
func (p *parser) table() error {
	b := block{kind: table}
	start := p.at
	for ; p.at < len(p.lines) && strings.HasPrefix(p.lines[p.at], "|"); p.at++ {
		if !strings.HasPrefix(p.lines[p.at], "|---") {
			b.rows = append(b.rows, cells(p.lines[p.at]))
		}
	}
	for _, row := range b.rows {
		if len(row) < 2 || len(row) != len(b.rows[0]) || b.rows[0][len(row)-1] == "" {
			p.at = start
			return fmt.Errorf("every row of a table has as many cells as its head, and at least two")
		}
	}
	if len(b.rows) > 0 {
		p.add(b)
	}
	return nil
}

// cells splits a row at its bars, but not at those with a backslash.
func cells(line string) []string {
	const bar = "\x00"
	line = strings.ReplaceAll(strings.TrimSpace(line), `\|`, bar)
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	var out []string
	for cell := range strings.SplitSeq(line, "|") {
		out = append(out, strings.ReplaceAll(strings.TrimSpace(cell), bar, "|"))
	}
	return out
}
