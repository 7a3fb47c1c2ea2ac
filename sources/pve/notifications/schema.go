package notifications

import (
	"maps"
	"slices"
	"strings"
)

// sectionType is what a section of a type may and must hold.
type sectionType struct {
	options  map[string]option
	required []string
}

// option is a property that a section may have.
type option struct {
	list  bool                      // may occur several times
	check func(value string) string // why a value is refused; nil: any is taken
}

// typeNames lists the types for people.
func (p *parser) typeNames() string {
	return strings.Join(slices.Sorted(maps.Keys(p.types)), ", ")
}

// publicTypes are the types of sections in notifications.cfg.
func publicTypes() map[string]sectionType {
	one, text := func(check func(string) string) option { return option{check: check} }, option{}
	many := func(check func(string) string) option { return option{list: true, check: check} }
	common := func(own map[string]option) map[string]option {
		own["comment"], own["disable"] = one(checkComment), one(checkBool)
		own["origin"] = one(oneOf("user-created", "builtin", "modified-builtin"))
		return own
	}
	address := many(checkAddress)
	return map[string]sectionType{
		"sendmail": {options: common(map[string]option{
			"mailto": address, "mailto-user": address, "author": text, "from-address": text, "filter": text,
		})},
		"smtp": {required: []string{"server", "from-address"}, options: common(map[string]option{
			"server": text, "port": one(checkPort), "mode": one(oneOf("insecure", "starttls", "tls")), "username": text,
			"mailto": address, "mailto-user": address, "author": text, "from-address": text,
		})},
		"gotify": {required: []string{"server"}, options: common(map[string]option{"server": text, "filter": text})},
		"webhook": {required: []string{"method", "url"}, options: common(map[string]option{
			"method": one(oneOf("post", "put", "get")), "url": one(checkURL), "body": text,
			"header": many(checkPair), "secret": many(checkPair),
		})},
		"matcher": {options: common(map[string]option{
			"target": many(checkID), "match-field": many(nil), "match-severity": many(nil), "match-calendar": many(nil),
			"mode": one(oneOf("all", "any")), "invert-match": one(checkBool),
		})},
	}
}

// privateTypes are the types of sections in priv/notifications.cfg.
func privateTypes() map[string]sectionType {
	return map[string]sectionType{
		"smtp":    {options: map[string]option{"password": {}}},
		"gotify":  {options: map[string]option{"token": {}}, required: []string{"token"}},
		"webhook": {options: map[string]option{"secret": {list: true, check: checkPair}}},
	}
}
