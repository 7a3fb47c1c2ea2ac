package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/channels"
	"tocsin/channels/service"
	"tocsin/cmd/internal/daemon"
	"tocsin/rules/near"
)

func (a *app) servicesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "services",
		Short: "List the services that channels can deliver to",
		Long: `List every service that a channel can deliver to, with the schemes of the Apprise
addresses that it takes: those that tocsin speaks itself, those that the service
blocks of the configuration and of the pack declare, and those that take Apprise.`,
		Example: `  tocsin services
  tocsin services show ntfy`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			list, err := a.services()
			if err != nil {
				return err
			}
			return a.printServices(list)
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "show NAME",
		Short: "Show what a service is set up with, and an example",
		Long: `Show a service: what its channels are set up with, how long its messages may be,
how its Apprise addresses are written, and a channel block to start with.`,
		Example: `  tocsin services show pushover`,
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			list, err := a.services()
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			return namesOf(list), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := a.services()
			if err != nil {
				return err
			}
			return a.showService(list, args[0])
		},
	})
	return cmd
}

// listedService is one service for people and programs.
type listedService struct {
	Name    string        `json:"name"`
	Title   string        `json:"title"`
	Doc     string        `json:"doc,omitempty"`
	Site    string        `json:"site,omitempty"`
	Spoken  string        `json:"spoken"` // native, declared, apprise or closed
	Closed  string        `json:"closed,omitempty"`
	Schemas []string      `json:"schemas"`
	URLs    []string      `json:"urls,omitempty"`
	Fields  []listedField `json:"fields,omitempty"`
	Limits  string        `json:"limits,omitempty"`
}

type listedField struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
	Doc      string `json:"doc"`
	Example  string `json:"example,omitempty"`
	Default  string `json:"default,omitempty"`
}

// services returns every service of the configuration, by name: of the pack
// alone where nobody has written a configuration yet or named one.
func (a *app) services() ([]listedService, error) {
	outcome, err := daemon.CompileEvery(a.config, a.data)
	if a.config == defaultConfig && errors.Is(err, fs.ErrNotExist) {
		outcome, err = daemon.CompilePack(), nil
	}
	if err != nil {
		return nil, err
	}
	if outcome.Config == nil {
		return nil, fmt.Errorf("%w: tocsin check says what is wrong", daemon.ErrConfig)
	}
	var list []listedService
	declared := map[string]bool{}
	for _, s := range outcome.Config.Services {
		declared[s.Name] = true
		list = append(list, listedOf(s))
	}
	for _, k := range outcome.Config.Kinds {
		if !declared[k.Name] {
			list = append(list, listedService{Name: k.Name, Title: k.Name, Doc: k.Doc, Spoken: "native", Schemas: append([]string{}, k.Schemes...), Fields: listedFields(k.Fields)})
		}
	}
	slices.SortFunc(list, func(a, b listedService) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

func listedOf(s *service.Spec) listedService {
	l := listedService{
		Name: s.Name, Title: s.Title, Doc: s.Doc, Site: s.Site, Spoken: "declared", Closed: s.Closed, Schemas: s.Schemes, Limits: s.Message.Limits(),
	}
	for _, shape := range s.Shapes {
		l.URLs = append(l.URLs, shape.String())
	}
	switch {
	case s.Closed != "":
		l.Spoken = "closed"
	case s.Via != "":
		l.Spoken = s.Via
	default:
		l.Fields = listedFields(s.ChannelFields())
	}
	return l
}

func listedFields(fields []channels.Field) []listedField {
	out := make([]listedField, len(fields))
	for i, f := range fields {
		out[i] = listedField{Name: f.Name, Type: string(f.Type), Required: f.Required, Doc: f.Doc, Example: f.Example, Default: f.Default}
	}
	return out
}

func namesOf(list []listedService) []string {
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = l.Name
	}
	return out
}

func (a *app) printServices(list []listedService) error {
	if a.json {
		return a.printJSON(struct {
			Services []listedService `json:"services"`
		}{list})
	}
	rows := [][]string{{"NAME", "SERVICE", "SCHEMAS", "SPOKEN"}}
	for _, l := range list {
		rows = append(rows, []string{l.Name, l.Title, strings.Join(l.Schemas, ", "), spokenText(l.Spoken)})
	}
	table(a.out, rows)
	return nil
}

func spokenText(how string) string {
	return map[string]string{"native": "natively", "declared": "by a service block", "apprise": "by Apprise", "closed": "no longer: it is closed"}[how]
}

// showService prints one service.
func (a *app) showService(list []listedService, name string) error {
	i := slices.IndexFunc(list, func(l listedService) bool { return l.Name == name || slices.Contains(l.Schemas, name) })
	if i < 0 {
		hint := "tocsin services lists them"
		if other, ok := near.Name(name, slices.Values(namesOf(list))); ok {
			hint = fmt.Sprintf("did you mean %s?", other)
		}
		return fmt.Errorf("there is no service %q: %s", name, hint)
	}
	l := list[i]
	if a.json {
		return a.printJSON(l)
	}
	fmt.Fprintf(a.out, "%s (%s)\n%s\n", oneLine(l.Title), spokenText(l.Spoken), oneLine(l.Doc))
	if l.Site != "" {
		fmt.Fprintf(a.out, "%s\n", oneLine(l.Site))
	}
	if l.Closed != "" {
		fmt.Fprintf(a.out, "\n%s\n", oneLine(l.Closed))
		return nil
	}
	if l.Limits != "" {
		fmt.Fprintf(a.out, "\nLimits: %s\n", l.Limits)
	}
	a.printAddresses(&l)
	if l.Spoken == "apprise" {
		fmt.Fprintf(a.out, "\nIt takes Apprise: see tocsin.hcl(5), apprise.\n")
		return nil
	}
	a.printFields(&l)
	fmt.Fprintf(a.out, "\n%s", exampleBlock(&l))
	return nil
}

func (a *app) printAddresses(l *listedService) {
	if len(l.Schemas) == 0 {
		return
	}
	fmt.Fprintf(a.out, "\nAddresses (channel \"apprise\"):\n")
	if len(l.URLs) == 0 {
		fmt.Fprintf(a.out, "  %s://…\n", strings.Join(l.Schemas, "://…, "))
	}
	for _, u := range l.URLs {
		fmt.Fprintf(a.out, "  %s\n", u)
	}
}

func (a *app) printFields(l *listedService) {
	fmt.Fprintf(a.out, "\nFields (channel %q):\n", l.Name)
	rows := [][]string{}
	for _, f := range l.Fields {
		doc := f.Doc
		switch {
		case f.Required:
			doc += " Required."
		case f.Default != "":
			doc += " Default: " + f.Default + "."
		}
		rows = append(rows, []string{f.Name, f.Type, doc})
	}
	table(a.out, rows)
}

// exampleBlock is a channel block that has what the service requires.
func exampleBlock(l *listedService) string {
	var b strings.Builder
	fmt.Fprintf(&b, "channel %q \"NAME\" {\n", l.Name)
	width := 0
	for _, f := range l.Fields {
		if f.Required {
			width = max(width, len(f.Name))
		}
	}
	for _, f := range l.Fields {
		if f.Required {
			fmt.Fprintf(&b, "  %-*s = %s\n", width, f.Name, f.Example)
		}
	}
	return b.String() + "}\n"
}
