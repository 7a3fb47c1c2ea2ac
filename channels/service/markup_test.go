package service

import "testing"

func TestEscapeChat(t *testing.T) {
	for text, want := range map[string]string{
		"a *b* _c_":              "a \u200b*\u200bb\u200b*\u200b _\u200bc_\u200b",
		"<users/all> @all":       "<\u200busers/all> @\u200ball",
		"[here](https://a.test)": "[here]\u200b(https://a.test)",
		"root@pve1 (@here)":      "root@pve1 (@\u200bhere)",
		"\nplain & simple\r\n":   "plain & simple",
	} {
		if got := escapeChat(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
