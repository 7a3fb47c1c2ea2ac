// Package salvage reads the rows of a damaged SQLite database: page by page,
// without SQLite, as far as they are whole. A bad page costs the rows on it, a
// bad row itself alone. Indexes are not needed: whoever keeps the rows makes
// them anew.
//
// It takes the database's file and its write-ahead log as they lie on the disk,
// changes neither, and judges no value: whether a row makes sense is for package
// store, its one user, to say.
package salvage
