package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDataOf(t *testing.T) {
	got, err := dataOf([]string{
		"vmid=101", "ratio=0.5", "version=1.10", "code=007", "id=12345678901234567890", "big=1e3", "on=true", "none=null",
		`list=["a","b"]`, `map={"k":1}`, "text=no space left", "empty=", "sum=1=1", `quoted="x"`,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"vmid": 101.0, "ratio": 0.5, "version": "1.10", "code": "007", "id": "12345678901234567890", "big": "1e3", "on": true, "none": nil,
		"list": []any{"a", "b"}, "map": map[string]any{"k": 1.0}, "text": "no space left", "empty": "", "sum": "1=1", "quoted": "x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("data differ (-want +got):\n%s", diff)
	}
	for _, word := range []string{"word", "=value", ""} {
		if _, err := dataOf([]string{word}); err == nil {
			t.Errorf("%q is taken", word)
		}
	}
}
