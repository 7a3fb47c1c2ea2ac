package tocsin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed lists what each package may import of the others: data flows one way
// and no adapter knows another. "..." stands for every package below.
var allowed = map[string][]string{
	"engine/event":                {},
	"engine/window":               {},
	"engine":                      {"engine/event", "engine/window"},
	"engine/feed":                 {},
	"engine/store":                {"engine/event", "engine", "engine/store/salvage"},
	"engine/store/salvage":        {},
	"engine/store/storetest":      {},
	"engine/dispatch":             {"engine/event", "engine"},
	"templates":                   {"engine/event"},
	"channels":                    {"engine/event", "channels/address"},
	"channels/address":            {},
	"channels/httpsend":           {"engine/event"},
	"channels/textsplit":          {"engine/event"},
	"channels/progress":           {"engine/event"},
	"channels/document":           {"engine/event", "channels/textsplit"},
	"channels/signature":          {"engine/event"},
	"channels/program":            {"engine/event"},
	"channels/commonmark":         {"engine/event"},
	"channels/telegram":           {"engine/event", "channels", "channels/address", "channels/httpsend", "channels/textsplit", "channels/progress"},
	"channels/discord":            {"engine/event", "channels", "channels/address", "channels/httpsend", "channels/textsplit", "channels/progress"},
	"channels/gotify":             {"engine/event", "channels", "channels/address", "channels/commonmark", "channels/httpsend", "channels/textsplit"},
	"channels/email":              {"engine/event", "channels", "channels/address", "channels/textsplit"},
	"channels/matrix":             {"engine/event", "channels", "channels/address", "channels/httpsend", "channels/textsplit", "channels/progress"},
	"channels/webhook":            {"engine/event", "channels", "channels/httpsend", "channels/document", "channels/signature", "templates"},
	"channels/tocsin":             {"engine/event", "channels", "channels/httpsend", "channels/signature", "channels/textsplit"},
	"channels/log":                {"engine/event", "channels"},
	"channels/channeltest":        {"engine/event", "engine", "channels"},
	"channels/service":            {"engine/event", "channels", "channels/address", "channels/commonmark", "channels/textsplit", "templates"},
	"channels/declared":           {"engine/event", "channels", "channels/service", "channels/address", "channels/httpsend", "channels/progress"},
	"channels/apprise":            {"engine/event", "channels", "channels/address", "channels/httpsend", "channels/program", "channels/textsplit"},
	"channels/all":                {"channels", "channels/..."},
	"channels/exec":               {"engine/event", "channels", "channels/document", "channels/program"},
	"sources":                     {"engine/event"},
	"sources/crew":                {"engine/event", "sources"},
	"sources/pve":                 {"engine/event", "sources"},
	"sources/pve/notifications":   {"engine/event"},
	"sources/pve/register":        {"sources/pve/notifications"},
	"sources/pattern":             {"engine/event", "sources"},
	"sources/journal":             {"engine/event", "sources", "sources/pattern"},
	"sources/journal/follow":      {"engine/event", "sources", "sources/journal"},
	"sources/journal/journaltest": {},
	"sources/log":                 {"engine/event", "sources", "sources/pattern"},
	"sources/log/tail":            {"engine/event", "sources", "sources/log", "sources/textfile"},
	"sources/tasks":               {"engine/event", "sources"},
	"sources/tasks/watch":         {"engine/event", "sources", "sources/tasks", "sources/guests", "sources/textfile"},
	"sources/textfile":            {},
	"sources/guests":              {"engine/event"},
	"sources/probe":               {"engine/event", "sources"},
	"sources/probe/look":          {"engine/event", "channels/httpsend", "channels/program", "sources", "sources/probe"},
	"sources/health":              {"engine/event", "sources"},
	"sources/health/helper":       {"engine/event", "sources/health"},
	"sources/health/host":         {"engine/event", "sources/guests", "sources/health"},
	"sources/boot":                {"engine/event", "sources/tasks"},
	"sources/boot/host":           {"sources/boot", "sources/guests", "sources/tasks", "sources/tasks/watch"},
	"sources/spool":               {"engine/event", "sources"},
	"rules":                       {"engine/event", "sources", "engine", "engine/window", "templates", "channels", "channels/address", "channels/service", "channels/textsplit", "sources/journal", "sources/tasks", "rules/condition", "rules/diag", "rules/near", "sources/pve", "sources/probe", "sources/health", "sources/pattern", "sources/log"},
	"rules/proxmenux":             {"rules/layout"},
	"sources/health/watch":        {"engine/event", "sources", "sources/guests", "sources/health"},
	"rules/condition":             {"engine/event", "engine", "engine/window", "rules/near"},
	"rules/diag":                  {},
	"rules/near":                  {},
	"rules/layout":                {},
	"rules/textdiff":              {},
	"rules/edit":                  {"rules", "rules/near"},
	"rules/ruletest":              {"engine/event", "engine", "rules", "templates"},
	"rules/effect":                {"engine/event", "engine", "engine/window", "channels", "rules"},
	"rules/patch":                 {"rules", "rules/edit", "rules/near", "rules/proxmenux"},
	"rules/save":                  {"rules", "rules/diag", "rules/edit", "rules/effect", "rules/folder", "rules/ruletest", "rules/textdiff"},
	"rules/folder":                {"rules"},
	"rules/watch":                 {},
	"builtin":                     {},
	"api":                         {"engine/event", "channels/signature"},
	"cmd/internal/daemon":         {"..."},
	"cmd/tocsin":                  {"..."},
	"examples":                    {},
	"docs":                        {},
	"docs/manpage":                {"docs"},
}

// TestImports fails when a package imports one that the list does not allow, or
// is not on the list.
func TestImports(t *testing.T) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		checkImports(t, filepath.ToSlash(file))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, file string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	pkg := path.Dir(file)
	list, known := allowed[pkg]
	if !known {
		t.Errorf("%s: package %s is not on the list of allowed imports", file, pkg)
		return
	}
	for _, spec := range parsed.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		ours, ok := strings.CutPrefix(name, "tocsin/")
		if ok && !slices.ContainsFunc(list, func(pattern string) bool { return covers(pattern, ours) }) {
			t.Errorf("%s: %s must not import %s", file, pkg, ours)
		}
	}
}

func covers(pattern, pkg string) bool {
	prefix, all := strings.CutSuffix(pattern, "...")
	return pattern == pkg || all && strings.HasPrefix(pkg, prefix)
}

// pure are the packages that take bytes, values and a time, and do no I/O.
var pure = []string{"engine/event", "engine/window", "engine", "engine/store/salvage", "templates", "channels", "channels/address", "channels/service", "channels/commonmark", "rules", "rules/condition", "rules/near", "rules/ruletest", "rules/layout", "rules/textdiff", "rules/edit", "rules/effect", "builtin", "sources/pve", "sources", "sources/journal", "sources/log", "sources/pattern", "channels/document", "channels/signature", "sources/tasks", "sources/health", "rules/proxmenux", "sources/boot", "sources/pve/notifications", "sources/probe", "rules/patch"}

// TestPure fails when a pure package can reach a file, a socket, a clock or
// randomness, or starts a goroutine.
func TestPure(t *testing.T) {
	impure := []string{"os", "os/exec", "net", "net/http", "database/sql", "math/rand", "math/rand/v2", "crypto/rand", "syscall", "log"}
	for _, pkg := range pure {
		files, err := filepath.Glob(filepath.Join(pkg, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range parsed.Imports {
				if name, _ := strconv.Unquote(spec.Path.Value); slices.Contains(impure, name) {
					t.Errorf("%s imports %s", file, name)
				}
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					t.Errorf("%s starts a goroutine", file)
				case *ast.SelectorExpr:
					if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After"}, n.Sel.Name) {
						t.Errorf("%s reads the clock: time.%s", file, n.Sel.Name)
					}
				}
				return true
			})
		}
	}
}
