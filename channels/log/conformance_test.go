package log

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/channels/channeltest"
)

func TestConformance(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind: Kind(io.Discard),
		Open: func(t *testing.T) *channeltest.Peer {
			path := filepath.Join(t.TempDir(), "messages.log")
			c := newChannel(t, io.Discard, path)
			blocks := func() []string {
				out, err := os.ReadFile(path)
				if errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				if err != nil {
					t.Fatal(err)
				}
				return split(string(out))
			}
			return &channeltest.Peer{Channel: c, Received: blocks, Raw: blocks, Answer: func(channeltest.Answer) {}}
		},
		Cannot:  []channeltest.Answer{channeltest.Unauthorized, channeltest.Limited, channeltest.Broken, channeltest.Hang, channeltest.TooLarge},
		Unsplit: true,
	})
}

// split returns the blocks of a file: each begins at the left margin.
func split(text string) []string {
	var blocks []string
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "" && len(blocks) == 0:
		case line != "" && line[0] != ' ':
			blocks = append(blocks, line)
		default:
			blocks[len(blocks)-1] += "\n" + line
		}
	}
	return blocks
}
