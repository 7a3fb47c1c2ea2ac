package pve

// What tests of the whole package read.
const (
	MaxList = maxList
	MaxWord = maxWord
)

// FactName names data of an event.
func FactName(key string) string { return factName(key) }
