package address_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
)

func TestSplitList(t *testing.T) {
	for text, want := range map[string][]string{
		"":                       nil,
		" , ;":                   nil,
		"a":                      {"a"},
		"a,b;c d\te\nf":          {"a", "b", "c", "d", "e", "f"},
		"[b, a, b]":              {"b", "a"},
		"x@mail.example,#noc @y": {"x@mail.example", "#noc", "@y"},
	} {
		if diff := cmp.Diff(want, address.SplitList(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestSplitPhones(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                 nil,
		"+15550001111":                     {"+15550001111"},
		"+1 555 000 1111":                  {"+15550001111"},
		"+1 (555) 000-1111, 555.000.2222":  {"+15550001111", "5550002222"},
		"(+49) 30/123456":                  {"+4930123456"},
		"( 555 ) 000 1111":                 {"5550001111"},
		"+1 555 000 1111 +1 555 000 2222":  {"+15550001111", "+15550002222"},
		"+15550001111+15550002222":         {"+15550001111", "+15550002222"},
		"5550001111 5550002222":            {"5550001111", "5550002222"},
		"5550001;5550002\n5550003,5550001": {"5550001", "5550002", "5550003"},
		"w:+1 555 000 1111 w:15550002222":  {"w:+15550001111", "w:15550002222"},
		"#team, me@mail.example 5550001":   {"#team", "me@mail.example", "5550001"},
		"112":                              {"112"},
		"12345678901234 12":                {"12345678901234", "12"},
		"Zoë 5550001":                      {"Zoë", "5550001"},
	} {
		if diff := cmp.Diff(want, address.SplitPhones(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
