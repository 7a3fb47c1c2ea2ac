package rules

// gitKind is the kind of the block about the history of the files themselves.
const gitKind = "git"

// decodeGit decodes the block about the history of the files themselves.
//
//	git {
//	  commit = true # one commit a saved change; its author is who saved
//	}
func (l *loading) decodeGit(b *block) {
	s := &l.config.Settings.Git
	s.Place = place(b.head)
	r := l.read(b)
	r.flag("commit", &s.Commit)
	r.done()
}
