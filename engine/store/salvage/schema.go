package salvage

import "strings"

// Object is a table or an index of the schema.
type Object struct {
	Name string
	Root uint32
}

// Schema returns where the trees of tables and indexes begin. When it cannot be
// followed from the first page, the pages that hold it are looked for: found is
// what is on them. Whole is false when some of it may be missing.
func (w *Walk) Schema() (tables, indexes []Object, whole bool) {
	known := map[string]bool{}
	add := func(row Row) Verdict {
		kind, o, ok := object(row)
		if !ok {
			return Refused
		}
		if known[o.Name] {
			return Taken
		}
		known[o.Name] = true
		if kind == "table" {
			tables = append(tables, o)
		} else {
			indexes = append(indexes, o)
		}
		return Taken
	}
	losses := w.Tree(1, add)
	if !losses.Any() {
		return tables, indexes, true
	}
	for n := uint32(1); n <= w.im.count; n++ {
		p, err := w.node(n)
		if err != nil || p.kind != tableLeaf {
			continue
		}
		for i := range p.count() {
			if row, err := p.row(i); err == nil {
				add(row)
			}
		}
	}
	return tables, indexes, false
}

// object reads a row of the schema: type, name, table, root and text.
func object(row Row) (kind string, o Object, ok bool) {
	if len(row.Values) != 5 {
		return "", o, false
	}
	kind, _ = row.Values[0].(string)
	name, _ := row.Values[1].(string)
	root, _ := row.Values[3].(int64)
	text, made := row.Values[4].(string)
	if kind != "table" && kind != "index" || name == "" || root <= 1 || root > 1<<31 {
		return "", o, false
	}
	if made && !strings.HasPrefix(text, "CREATE ") {
		return "", o, false
	}
	return kind, Object{Name: name, Root: uint32(root)}, true
}
