// Package address reads the URLs that Apprise made popular, as in
// slack://T0/B0/secret/#ops, and fits them to shapes, which say how the
// addresses of a service are written. It is for the blocks that teach tocsin a
// service: Parse takes an address apart without knowing the service, a Set of
// Shapes gives the pieces their names.
//
// It is not a client of anything, knows no service, and does no I/O. An address
// is full of secrets, so a URL and the errors about one never show more than
// its scheme and the names of its parts.
//
// # Addresses
//
//	scheme://user:password@host:port/segment/segment?name=value&+name=value
//
// Each part is percent-decoded by itself, so %2F is a slash inside a segment;
// a plus sign is a plus sign. The last @ before the path ends the password,
// or the first of several in a row, and the first colon ends the user. Host and
// segments keep their case. There are no fragments: a # may stand in path and
// query as it is. Names of the query are found whatever their case, and the last
// of a name counts; user, pass, password and port given there count as those
// parts, except in http(s) addresses. Names that begin with +, - or : are kept apart, as written.
//
// # Shapes
//
// A shape is the text of an address with fields in braces:
//
//	slack://{botname?}@{token_a}/{token_b}/{token_c}/{targets...?}
//	ntfy(s)://{user?}:{password?}@{host}:{port?}/{topics...}
//	https://hooks.slack.com/services/{token_a}/{token_b}/{token_c}
//
//	scheme://           addresses of that scheme
//	ntfy(s)://          of ntfy and ntfys
//	mastodon|toot://    of either
//	://                 of every scheme
//	{name}              one value that must be there
//	{name?}             one value that may be missing
//	{name...}           a list of at least one item: the rest of the path, each
//	                    segment split at commas, semicolons and white space
//	{name...?}          a list that may be empty
//	{name/...}          a list of whole segments, which are not split; also with ?
//	{name+}             one value of several segments, as short as the rest allows,
//	                    with the slashes between them and, unless it has a
//	                    pattern, the one that ends the path; also with ?
//	{name:pattern}      a value that fits an RE2 pattern from end to end; the
//	                    pattern stands behind all marks, as in {ids...?:[0-9]+}
//	{name@}             an e-mail address in the host's place, with its @, as in
//	                    ses://{sender@}/{key} and brevo://{key}:{sender@}
//	text                that text (in a host: in any case)
//	text{name}text      a value between texts, which are not part of it
//	#{a...?}|{b...?}    lists that share a place: an item goes to the first that
//	                    it fits, here those with # to a
//	{host}:{port?}      a port of digits; the host must be one that can be
//	                    connected to. Without :{port}, {host} is any token, and
//	                    a port is refused
//	{list...} as host   the host's place and the path are one list
//	?name=text          only with that value (in any case) in the query
//	?name={field}       a field from the query; also {field?}
//	?{field}            the name that has no value, as in notica.us/?token
//
// A field's name is of lower-case letters, digits and underscores and stands in
// a shape once; a shape has one place for lists, and one {name+}. In a
// pattern, a brace without its partner is written \{ or \}. What a shape has no
// place for (a user, a port, one segment too many) does not fit it; other names in the query do. An
// escaped slash, comma or space in a literal is written as itself.
//
// The neighbours are channels, whose kinds use it, and rules, which compiles
// the shapes that a configuration declares.
package address
