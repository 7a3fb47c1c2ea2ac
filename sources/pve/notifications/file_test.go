package notifications_test

import (
	"errors"
	"strings"
	"testing"

	"tocsin/sources/pve/notifications"
)

const hook = "webhook: bell\n\tmethod post\n\turl http://192.0.2.9/x\n"

// TestAccepted: what Proxmox VE takes, however odd.
func TestAccepted(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                     "",
		"blank lines":                 "\n \n\t\n",
		"no final newline":            strings.TrimSuffix(hook, "\n"),
		"no blank behind the colon":   "webhook:bell\n\tmethod post\n\turl http://192.0.2.9/x\n",
		"blank before the colon":      "webhook  :   bell  \n\tmethod post\n\turl http://192.0.2.9/x\n",
		"a no-break space":            "webhook: bell\n\u00a0method post\n\u00a0url\u00a0http://192.0.2.9/x\n",
		"several separators":          hook + "\n\n \n" + strings.Replace(hook, "bell", "gong", 1),
		"carriage returns":            strings.ReplaceAll(hook, "\n", "\r\n"),
		"an empty value":              "sendmail: post\n\tauthor \n",
		"a value of a return alone":   "sendmail: post\n\tauthor\r",
		"long, but 128 characters":    "sendmail: post\n\tcomment " + strings.Repeat("ä", 128) + "\n",
		"the same id twice":           hook + "\n" + hook,
		"no private part":             hook,
		"booleans":                    "matcher: m1\n\tdisable ON\n\tinvert-match No\n",
		"a port":                      "smtp: relay\n\tserver a\n\tfrom-address b\n\tport 65535\n\tmode starttls\n",
		"body that is no base64":      "webhook: bell\n\tmethod get\n\turl http://a.example/?q\n\tbody {}\n",
		"quoted pair":                 hook + "\theader value=\"a\\\"b\",name=\"X, Y\"\n",
		"pair without value":          hook + "\theader name=X\n",
		"origin":                      "matcher: m1\n\torigin modified-builtin\n",
		"IPv6":                        "webhook: bell\n\tmethod post\n\turl http://[2001:db8::7]:99999/x\n",
		"no path":                     "webhook: bell\n\tmethod put\n\turl https://bell.example\n",
		"template in the path":        "webhook: bell\n\tmethod put\n\turl https://bell.example/{{ secrets.a }}?b=c\n",
		"rules":                       "matcher: m1\n\tmatch-field exact:type=vzdump, gc\n\tmatch-field regex:hostname=^a(b|c)\n\tmatch-severity info, unknown\n\tmatch-severity error\n",
		"days":                        "matcher: m1\n\tmatch-calendar Mon..Fri,sun 8:05 - 17\n\tmatch-calendar 0-23:59\n\tmatch-calendar fri..mon7-7\n",
		"a bad rule that is replaced": "matcher: m1\n\tmatch-severity loud\n\n" + strings.Replace(hook, "bell", "m1", 1),
		"Rust's syntax":               "matcher: m1\n\tmatch-field regex:x=\\p{Alphabetic}\\u{e9}\n",
	} {
		if _, err := notifications.ParsePublic([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"left over":    "gotify: gone\n\ttoken x y\n",
		"bare":         "webhook: bell\n",
		"two secrets":  "webhook: bell\n\tsecret name=a,value=Yg==\n\tsecret name=b\n",
		"no password":  "smtp: relay\n",
		"odd password": "smtp: relay\n\tpassword #a: b\n",
	} {
		if _, err := notifications.ParsePrivate([]byte(text)); err != nil {
			t.Errorf("private, %s: %v", name, err)
		}
	}
}

// TestRefused: what makes Proxmox VE read nothing at all, with the line and the reason.
func TestRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		text, reason string
		line         int
	}{
		"comment":               {"# by hand\n" + hook, "no header", 1},
		"byte order mark":       {"\ufeff" + hook, "no header", 1},
		"indented header":       {" " + hook, "no header", 1},
		"no colon":              {"webhook bell\n", "no header", 1},
		"no blank line between": {hook + hook, "no property", 4},
		"comment in a section":  {hook + "\t# x\n", `unknown property "#"`, 4},
		"comment line inside":   {hook + "# x\n", "no property", 4},
		"unknown type":          {hook + "\nslack: a1\n", `unknown type of section "slack"`, 5},
		"type in capitals":      {"Webhook: bell\n", "unknown type", 1},
		"unknown key":           {hook + "\tretries 3\n", `unknown property "retries"`, 4},
		"key of another type":   {"sendmail: post\n\tserver a\n", `unknown property "server"`, 2},
		"key alone":             {hook + "\tcomment\n", "a key without a value", 4},
		"key and return":        {hook + "\tcomment\r\n", "a key without a value", 4},
		"key twice":             {hook + "\tmethod get\n", "twice", 4},
		"blank line inside":     {"webhook: bell\n\tmethod post\n\n\turl http://a.example\n", `lacks the property "url"`, 3},
		"end too early":         {"webhook: bell\n\turl http://a.example\n", `lacks the property "method"`, 2},
		"id of one letter":      {"matcher: m\n", "invalid id", 1},
		"id too long":           {"matcher: " + strings.Repeat("m", 33) + "\n", "invalid id", 1},
		"id with a blank":       {"matcher: m m\n", "invalid id", 1},
		"id with a hyphen":      {"matcher: -m\n", "invalid id", 1},
		"no id":                 {"matcher:\n", "invalid id", 1},
		"comment of 129":        {"sendmail: post\n\tcomment " + strings.Repeat("x", 129) + "\n", "at most 128", 2},
		"control in a comment":  {"sendmail: post\n\tcomment a\x07b\n", "control character", 2},
		"boolean":               {"matcher: m1\n\tdisable perhaps\n", "true or false", 2},
		"port":                  {"smtp: relay\n\tport 65536\n", "0 to 65535", 2},
		"port in words":         {"smtp: relay\n\tport smtp\n", "0 to 65535", 2},
		"method in capitals":    {"webhook: bell\n\tmethod POST\n", "lower case", 2},
		"mode":                  {"matcher: m1\n\tmode some\n", "all, any", 2},
		"mail address":          {"sendmail: post\n\tmailto a\n", "2 to 64", 2},
		"target":                {"matcher: m1\n\ttarget a b\n", "an id has", 2},
		"header key":            {"webhook: bell\n\theader name=a,content=b\n", "nothing else", 2},
		"header without name":   {"webhook: bell\n\theader value=b\n", "lacks the name", 2},
		"header as text":        {"webhook: bell\n\theader X-A: b\n", "name=NAME", 2},
		"header twice":          {"webhook: bell\n\theader name=a,name=b\n", "one name", 2},
		"header quoted badly":   {"webhook: bell\n\theader name=\"a\n", "quoted", 2},
		"header quote and more": {"webhook: bell\n\theader name=\"a\"b\n", "quoted", 2},
		"scheme":                {"webhook: bell\n\turl ftp://a.example\n", "http://", 2},
		"underscore":            {"webhook: bell\n\turl http://a_b.example\n", "no DNS name", 2},
		"user in the URL":       {"webhook: bell\n\turl http://a:b@c.example/\n", "port is no number", 2},
		"query without slash":   {"webhook: bell\n\turl http://a.example?b\n", "no DNS name", 2},
		"template as host":      {"webhook: bell\n\turl http://{{ secrets.a }}/\n", "no DNS name", 2},
		"not UTF-8":             {hook + "\tcomment caf\xe9\n", "not UTF-8", 4},
		"calendar of old":       {"matcher: m1\n\tmatch-severity info\n\tmatch-calendar mon-fri 9-17\n", "two dots", 3},
		"over midnight":         {"matcher: m1\n\tmatch-calendar 22-6\n", "over midnight", 2},
		"hour 24":               {"matcher: m1\n\tmatch-calendar 8-24\n", "above 23", 2},
		"minute 60":             {"matcher: m1\n\tmatch-calendar 8:60-9\n", "above 59", 2},
		"no day":                {"matcher: m1\n\tmatch-calendar mo 8-9\n", "no days", 2},
		"severity in capitals":  {"matcher: m1\n\tmatch-severity Error\n", "lower case", 2},
		"severity missing":      {"matcher: m1\n\tmatch-severity error,\n", "lower case", 2},
		"field without prefix":  {"matcher: m1\n\tmatch-field type=vzdump\n", "exact:", 2},
		"field without value":   {"matcher: m1\n\tmatch-field exact:type\n", "FIELD=", 2},
		"look-around":           {"matcher: m1\n\tmatch-field regex:hostname=^(?!pve)\\p{L}\n", "no pattern", 2},
		"open bracket":          {"matcher: m1\n\tmatch-field regex:hostname=(a\n", "no pattern", 2},
		"too large":             {strings.Repeat(hook+"\n", 30000), "1 MiB", 1},
	} {
		_, err := notifications.ParsePublic([]byte(tt.text))
		checkFault(t, name, err, tt.reason, tt.line)
	}
	for name, tt := range map[string]struct {
		text, reason string
		line         int
	}{
		"comment":          {"# x\n", "no header", 1},
		"sendmail":         {"sendmail: post\n", "unknown type", 1},
		"token missing":    {"gotify: phone\n", `lacks the property "token"`, 1},
		"public key":       {"webhook: bell\n\turl http://a.example\n", "unknown property", 2},
		"secret as text":   {"webhook: bell\n\tsecret hunter2\n", "name=NAME", 2},
		"password twice":   {"smtp: relay\n\tpassword a\n\tpassword b\n", "twice", 3},
		"password missing": {"smtp: relay\n\tpassword\n", "without a value", 2},
	} {
		_, err := notifications.ParsePrivate([]byte(tt.text))
		checkFault(t, "private, "+name, err, tt.reason, tt.line)
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error tells the secret: %v", name, err)
		}
	}
}

func checkFault(t *testing.T, name string, err error, reason string, line int) {
	t.Helper()
	fault, ok := errors.AsType[*notifications.Fault](err)
	if !ok {
		t.Errorf("%s: got %v, want a fault with %q", name, err, reason)
		return
	}
	if fault.Line != line || !strings.Contains(fault.Reason, reason) || fault.Do == "" {
		t.Errorf("%s: got line %d, %q, remedy %q; want line %d and %q", name, fault.Line, fault.Reason, fault.Do, line, reason)
	}
}
