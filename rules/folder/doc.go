// Package folder reads what a configuration is made of from disk: the *.hcl
// files of a folder, the files that file() names, and secrets. It is the I/O
// that package rules, which is pure, does not do.
//
// It trusts nothing that it finds: every path is opened below the folder, so
// that no link leads out of it; only regular files are read, and no more than
// the bounds allow. It knows no HCL.
package folder
