package pve_test

import (
	"strings"
	"testing"
)

// BenchmarkDecode reads the notifications that come most, and the largest that
// Proxmox sends: a backup report with a log of about a mebibyte.
func BenchmarkDecode(b *testing.B) {
	large := "VMID  Name  Status  Time  Size  Filename\n" + strings.Repeat("412  wiki  ok  1m 12s  3.5 GiB  /mnt/pve/vault/dump/x.vma.zst\n", 200) +
		"\nTotal running time: 4h\nTotal size: 700 GiB\n\nLogs\n====\nvzdump --all 1 --storage vault\n\n" +
		strings.Repeat("412: 2026-09-21 02:00:07 INFO:   2% (824.8 MiB of 32.0 GiB) in 3s, read: 274.9 MiB/s, write: 58.9 MiB/s\n", 9000)
	for _, bb := range []struct {
		name string
		body []byte
	}{
		{"test", bodyOf(b, "testdata/test-button.post")},
		{"backup", bodyOf(b, "testdata/backup-partial.post")},
		{"replication", bodyOf(b, "testdata/replication-never.post")},
		{"large", notification(b, "vzdump", "info", "vzdump backup status (alder): backup successful", large)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			m := pack(b)
			b.SetBytes(int64(len(bb.body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Decode(bb.body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
