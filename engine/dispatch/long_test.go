package dispatch_test

import "os"

// long asks for the whole of the tests that are otherwise cut to what shows a
// fault in seconds: TOCSIN_LONG=1 go test ./engine/dispatch.
func long() bool { return os.Getenv("TOCSIN_LONG") != "" }
