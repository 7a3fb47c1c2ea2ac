package templates

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"mime"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Null is the value of a template that is to stand as null, where a value that is
// missing would be left out.
type Null struct{}

// String returns nothing: within other text null says nothing.
func (Null) String() string { return "" }

// wires are the functions for requests: what services ask for that no message
// has a use for.
func wires() []*function {
	return []*function{
		fn("only CONDITION VALUE", "VALUE when CONDITION is not empty, else nothing", func(_ *run, a []any) any {
			if truthy(a[0]) {
				return a[1]
			}
			return nil
		}),
		fn("present VALUE", "VALUE, or nothing when it is empty, zero or false", func(_ *run, a []any) any {
			if truthy(a[0]) {
				return a[0]
			}
			return nil
		}),
		fn("orNull VALUE", "VALUE, or null when it is empty, where others are left out", func(_ *run, a []any) any {
			if truthy(a[0]) {
				return a[0]
			}
			return Null{}
		}),
		fn("isSet VALUE", "whether VALUE is there, be it empty, zero or false", func(_ *run, a []any) any { return a[0] != nil }),
		fn("basic USER PASSWORD", "the Authorization header of the two; nothing when both are empty", func(r *run, a []any) any {
			user, password := r.text(a[0]), r.text(a[1])
			if user == "" && password == "" {
				return nil
			}
			return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
		}),
		fn("bearer TOKEN", "the Authorization header of a token; nothing when it is empty", func(r *run, a []any) any {
			if token := r.text(a[0]); token != "" {
				return "Bearer " + token
			}
			return nil
		}),
		fn("base64 TEXT", "TEXT in base64", func(r *run, a []any) any { return base64.StdEncoding.EncodeToString([]byte(r.text(a[0]))) }),
		fn("segments TEXT", "TEXT escaped as a URL's path, whose slashes stay", func(r *run, a []any) any { return segments(r.text(a[0])) }),
		fn("segment TEXT", "TEXT escaped as one segment of a URL's path", func(r *run, a []any) any { return url.PathEscape(r.text(a[0])) }),
		fn("toAsciiJson VALUE", "VALUE as JSON, with < > & as they are, and in ASCII alone", func(r *run, a []any) any {
			text, ok := r.json(a[0], "", false).(string)
			if !ok {
				return nil
			}
			return asciiJSON(text)
		}),
		fn("xml VALUE", "VALUE escaped for XML, without the characters that XML cannot hold", func(r *run, a []any) any {
			return xml.Replace(strings.Map(onlyXML, r.text(a[0])))
		}),
		fn("mailBody TEXT", "TEXT as the body of a mail has it: in base64, in lines", func(r *run, a []any) any { return mailBody(r.text(a[0])) }),
		fn("mailHeader TEXT", "TEXT as a header of a mail has it: in encoded words, unless it is plain ASCII", func(r *run, a []any) any {
			return mime.BEncoding.Encode("utf-8", r.text(a[0]))
		}),
		fn("mailName TEXT", "TEXT as the name before an address: in quotes where it holds what has a meaning there", func(r *run, a []any) any {
			return mailName(r.text(a[0]))
		}),
		fn("digits TEXT", "the digits of TEXT", func(r *run, a []any) any { return strings.Map(onlyDigits, r.text(a[0])) }),
		fn("digest HASH TEXT", "md5, sha1, sha256 or sha512 of TEXT, in hexadecimal", func(r *run, a []any) any {
			h := r.hash(a[0])
			if h == nil {
				return nil
			}
			sum := h()
			sum.Write([]byte(r.text(a[1])))
			return hex.EncodeToString(sum.Sum(nil))
		}),
		fn("sign HASH KEY TEXT", "the HMAC of TEXT by KEY, in hexadecimal", func(r *run, a []any) any {
			return r.signed(a, hex.EncodeToString)
		}),
		fn("signBase64 HASH KEY TEXT", "the HMAC of TEXT by KEY, in base64", func(r *run, a []any) any {
			return r.signed(a, base64.StdEncoding.EncodeToString)
		}),
		fn("jwt KEY CLAIMS", "a JSON Web Token of the dictionary CLAIMS, signed (RS256) by an RSA key in PEM", func(r *run, a []any) any {
			return r.jwt(a[0], a[1])
		}),
	}
}

// asciiJSON escapes what of JSON is no ASCII, for services that would take it
// for another charset.
func asciiJSON(text string) string {
	var out strings.Builder
	for _, c := range text {
		switch {
		case c < utf8.RuneSelf:
			out.WriteRune(c)
		case c > 0xffff:
			first, second := utf16.EncodeRune(c)
			fmt.Fprintf(&out, `\u%04x\u%04x`, first, second)
		default:
			fmt.Fprintf(&out, `\u%04x`, c)
		}
	}
	return out.String()
}

// segments escapes each part between slashes as a segment of a path.
func segments(text string) string {
	parts := strings.Split(text, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// xml has the names that XML knows by itself.
var xml = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")

// onlyXML drops what may stand in no document, not even escaped.
func onlyXML(c rune) rune {
	if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff {
		return -1
	}
	return c
}

// mailBody returns text in base64, in lines that every mail server takes.
func mailBody(text string) string {
	const width = 76
	code := base64.StdEncoding.EncodeToString([]byte(text))
	var out strings.Builder
	for len(code) > width {
		out.WriteString(code[:width] + "\r\n")
		code = code[width:]
	}
	return out.String() + code
}

// mailName returns a name as it may stand before <an address>.
func mailName(name string) string {
	name = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return -1
		}
		return c
	}, name)
	if !strings.ContainsAny(name, `()<>@,:;".[]\`) {
		return name
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

func onlyDigits(c rune) rune {
	if c < '0' || c > '9' {
		return -1
	}
	return c
}

// signed returns the HMAC that the arguments ask for, as text.
func (r *run) signed(a []any, encode func([]byte) string) any {
	h := r.hash(a[0])
	if h == nil {
		return nil
	}
	mac := hmac.New(h, []byte(r.text(a[1])))
	mac.Write([]byte(r.text(a[2])))
	return encode(mac.Sum(nil))
}

// hash returns the hash of that name. The old ones are there for services that
// know no other.
func (r *run) hash(name any) func() hash.Hash {
	switch text := r.text(name); text {
	case "md5":
		return md5.New
	case "sha1":
		return sha1.New
	case "sha256":
		return sha256.New
	case "sha512":
		return sha512.New
	default:
		r.fail("there is no hash %s: write md5, sha1, sha256 or sha512", text)
		return nil
	}
}
