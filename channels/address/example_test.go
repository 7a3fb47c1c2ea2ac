package address_test

import (
	"fmt"

	"tocsin/channels/address"
)

func ExampleSet_Match() {
	var set address.Set
	for _, text := range []string{
		"ntfy(s)://{topic}",
		"ntfy(s)://{user?}:{password?}@{host}:{port?}/{topics...}",
	} {
		shape, err := address.Compile(text)
		if err != nil {
			panic(err)
		}
		set = append(set, shape)
	}
	u, err := address.Parse("ntfys://me:s3cret@push.example:8443/backups,alerts?priority=high")
	if err != nil {
		panic(err)
	}
	m, err := set.Match(u)
	fmt.Println(u, m.Values["host"], m.Values["topics"], err)

	u, _ = address.Parse("ntfy://me:s3cret@push.example")
	_, err = set.Match(u)
	fmt.Println(err)
	// Output:
	// ntfys://*** [push.example] [backups alerts] <nil>
	// ntfy://***: {topics} is missing; write it as ntfy://[{user}:{password}@]{host}[:{port}]/{topics}… or ntfy://{topic}
}
