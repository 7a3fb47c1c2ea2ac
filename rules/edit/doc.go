// Package edit changes configuration files the way a careful person does: one
// value, and no byte beside it. It splices text into the source as it is and
// never prints a syntax tree, so that comments, order, blank lines, line ends
// and odd layout stay.
//
//	address  names a thing: channel.telegram.phone.chat_id
//	page     one parsed file: its lines, comments and line ends
//	find     what an address means on the files there are
//	body     splices of arguments and blocks
//	list     splices inside of lists and maps
//	origin   values that come from elsewhere are not overwritten blindly
//	verify   looks at the result: nothing else may have changed
//
// It knows which blocks the language has, and leaves what they mean to package
// rules, which loads the result. It reads and writes nothing: rules/save does.
package edit
