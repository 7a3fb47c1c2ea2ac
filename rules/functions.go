package rules

import (
	"fmt"
	"iter"
	"maps"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functions returns what expressions of files in dir can call. None of them
// reads a clock, and none makes something large out of something small.
func (l *loading) functions(dir string) map[string]function.Function {
	out := pureFunctions()
	for name, f := range out {
		out[name] = bounded(f, growth(name))
	}
	out["env"] = l.envFunction()
	out["file"] = l.fileFunction(dir)
	out["secret"] = l.secretFunction()
	return out
}

// IsFunction reports whether HCL expressions can call a function.
func IsFunction(name string) bool { return functionNames()[name] }

// functionNames lists every function.
func functionNames() map[string]bool {
	out := map[string]bool{"env": true, "file": true, "secret": true}
	for name := range pureFunctions() {
		out[name] = true
	}
	return out
}

// pureFunctions lists the functions that need nothing from outside, under the
// names that users of HCL know.
func pureFunctions() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "chomp": stdlib.ChompFunc, "coalesce": stdlib.CoalesceFunc,
		"coalescelist": stdlib.CoalesceListFunc, "compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc,
		"contains": stdlib.ContainsFunc, "csvdecode": stdlib.CSVDecodeFunc, "distinct": stdlib.DistinctFunc,
		"element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc, "floor": stdlib.FloorFunc, "format": stdlib.FormatFunc,
		"formatdate": stdlib.FormatDateFunc, "formatlist": stdlib.FormatListFunc, "join": stdlib.JoinFunc,
		"jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc, "keys": stdlib.KeysFunc, "length": stdlib.LengthFunc,
		"lookup": stdlib.LookupFunc, "lower": stdlib.LowerFunc, "max": stdlib.MaxFunc, "merge": stdlib.MergeFunc, "min": stdlib.MinFunc,
		"parseint": stdlib.ParseIntFunc, "range": stdlib.RangeFunc, "regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc,
		"regexreplace": stdlib.RegexReplaceFunc, "replace": stdlib.ReplaceFunc, "reverse": stdlib.ReverseListFunc,
		"setintersection": stdlib.SetIntersectionFunc, "setsubtract": stdlib.SetSubtractFunc, "setunion": stdlib.SetUnionFunc,
		"signum": stdlib.SignumFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc, "split": stdlib.SplitFunc,
		"strlen": stdlib.StrlenFunc, "strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc, "timeadd": stdlib.TimeAddFunc,
		"title": stdlib.TitleFunc, "tobool": stdlib.MakeToFunc(cty.Bool), "tonumber": stdlib.MakeToFunc(cty.Number),
		"tostring": stdlib.MakeToFunc(cty.String), "trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc,
		"trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc, "upper": stdlib.UpperFunc,
		"values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,
	}
}

// lookup makes a function of one text, which must not be a secret: it could
// come back in an error.
func lookup(param string, do func(text string) (cty.Value, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: param, Type: cty.String, AllowMarked: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if args[0].IsMarked() {
				return cty.NilVal, function.NewArgErrorf(0, "a secret cannot stand here")
			}
			return do(args[0].AsString())
		},
	})
}

// envFunction is env("NAME").
func (l *loading) envFunction() function.Function {
	return lookup("name", func(name string) (cty.Value, error) {
		if l.in.Env != nil {
			if v, ok := l.in.Env(name); ok && utf8.ValidString(v) {
				return cty.StringVal(v), nil
			}
		}
		return cty.NilVal, function.NewArgErrorf(0, "the environment has no variable %s: set it for the service, or write the value", name)
	})
}

// fileFunction is file("path"), relative to the folder of the file that calls
// it and never outside of the configuration.
func (l *loading) fileFunction(dir string) function.Function {
	return lookup("path", func(name string) (cty.Value, error) {
		full := path.Join(dir, name)
		switch {
		case path.IsAbs(name), full == "..", strings.HasPrefix(full, "../"):
			return cty.NilVal, function.NewArgErrorf(0, "%s is outside of the configuration folder", name)
		case full == "secrets" || strings.HasPrefix(full, "secrets/"):
			return cty.NilVal, function.NewArgErrorf(0, `secrets are read by secret("NAME")`)
		case l.in.ReadFile == nil:
			return cty.NilVal, function.NewArgErrorf(0, "files cannot be read here")
		}
		src, err := l.in.ReadFile(full)
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		if !utf8.Valid(src) {
			return cty.NilVal, function.NewArgErrorf(0, "%s is no UTF-8 text", name)
		}
		return cty.StringVal(newlines(string(src))), nil
	})
}

// secretFunction is secret("name"). What it returns is marked; a secret that
// is not there is an unknown value that knows why.
func (l *loading) secretFunction() function.Function {
	return lookup("name", func(name string) (cty.Value, error) {
		err := fmt.Errorf("there is no secret %q", name)
		var v string
		if l.in.Secret != nil {
			v, err = l.in.Secret(name)
		}
		if err != nil {
			return cty.UnknownVal(cty.String).WithMarks(cty.NewValueMarks(secretMark{}, missingMark{name, err.Error()})), nil
		}
		value := cty.StringVal(v)
		if value.AsString() != v {
			l.raw[value.AsString()] = v // HCL normalises texts; a password must stay as it is
		}
		return value.Mark(secretMark{}), nil
	})
}

// keysOf returns the keys of a map as candidates for a near name.
func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
