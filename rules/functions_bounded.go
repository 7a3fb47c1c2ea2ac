package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// bounded refuses calls that would make something large: by what growth says
// before the call, and by the weight of the result.
func bounded(f function.Function, growth func(args []cty.Value) int) function.Function {
	tooLarge := fmt.Errorf("the result would be larger than %d characters", maxWeight)
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if growth != nil && growth(args) > maxWeight {
				return cty.DynamicPseudoType, tooLarge
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil && weight(v) > maxWeight {
				return cty.NilVal, tooLarge
			}
			return v, err
		},
	})
}

// growth estimates the result of the functions that can multiply: at least as
// large as it can become. Others only add up what they are given.
func growth(name string) func(args []cty.Value) int {
	switch name {
	case "replace":
		return func(args []cty.Value) int {
			return times(strings.Count(textOf(args[0]), textOf(args[1])), textOf(args[2]))
		}
	case "regexreplace":
		return func(args []cty.Value) int { return times(len(textOf(args[0]))+1, textOf(args[2])) }
	case "join":
		return func(args []cty.Value) int {
			items := 0
			for _, list := range args[1:] {
				items += weight(list)
			}
			return times(items, textOf(args[0]))
		}
	case "format", "formatlist":
		return func(args []cty.Value) int {
			if wideVerb.MatchString(textOf(args[0])) {
				return maxWeight + 1
			}
			return 0
		}
	}
	return nil
}

// wideVerb finds a width or precision of more than three digits.
var wideVerb = regexp.MustCompile(`%[^a-zA-Z%]*\d{4}`)

// times returns the length of n copies of a text, or a little over the bound
// when that would overflow.
func times(n int, text string) int {
	if len(text) > 0 && n > maxWeight/len(text) {
		return maxWeight + 1
	}
	return n * len(text)
}

// textOf returns the text of an argument, or nothing while it is not known.
func textOf(v cty.Value) string {
	v, _ = v.Unmark()
	if v.Type() != cty.String || v.IsNull() || !v.IsKnown() {
		return ""
	}
	return v.AsString()
}

// maxWeight bounds a value: characters of its texts and elements of its lists
// together. Values that build on each other double quickly.
const maxWeight = 1 << 20

// weight returns how much text and how many elements a value holds.
func weight(v cty.Value) int {
	v, _ = v.Unmark()
	switch {
	case v.IsNull() || !v.IsKnown():
		return 1
	case v.Type() == cty.String:
		return len(v.AsString())
	case v.CanIterateElements():
		total := 1
		for _, item := range v.Elements() {
			total += 1 + weight(item)
		}
		return total
	}
	return 1
}
