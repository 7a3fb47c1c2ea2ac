package daemon

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"tocsin/api"
	"tocsin/rules"
	"tocsin/rules/patch"
	"tocsin/rules/save"
)

// picture is what people and programs see of a version of the configuration.
type picture struct {
	blocks   []rules.Block
	files    map[string][]byte // of the folder
	revision string            // of them, as edits know it
	document []byte            // JSON
}

// picture makes it of what the version was loaded from. What was read meanwhile is
// not read once more: it must be what the version has.
func (l *loader) picture(in rules.Input, seen map[string]string, config *rules.Config) *picture {
	in.Env = func(name string) (string, bool) {
		v, ok := seen["env "+name]
		return v, ok
	}
	in.Secret = func(name string) (string, error) {
		if v := seen["secret "+name]; v != "" {
			return v, nil
		}
		return "", fmt.Errorf("there is no secret %q", name)
	}
	in.ReadFile = func(path string) ([]byte, error) {
		if v, ok := seen["read "+path]; ok {
			return []byte(v), nil
		}
		return nil, fmt.Errorf("%s was not read", path)
	}
	files := map[string][]byte{}
	for path, text := range in.Files {
		if path != filepath.ToSlash(filepath.Join(l.Data, silencesFile)) { // of the data folder
			files[path] = text
		}
	}
	s := &picture{blocks: l.cache.Blocks(in, config), files: files, revision: save.RevisionOf(files)}
	doc := patch.NewDocument(s.blocks)
	places := map[string]api.Place{}
	for path, p := range patch.Places(s.blocks) {
		places[path] = api.Place{File: p.File, Line: p.Line, BuiltIn: p.Pack}
	}
	doc["revision"], doc["places"] = s.revision, places
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err) // it is made of what JSON has
	}
	s.document = append(text, '\n')
	return s
}
