// Package effect says in words what an edit of the configuration does: who hears
// of what no longer, or again, or otherwise. It compares two compiled
// configurations and looks at no file, so what it says is what the judge will do.
// What has no words of its own yet is left out; the caller tells of it by its
// name.
package effect
