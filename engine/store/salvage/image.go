package salvage

import (
	"encoding/binary"
	"fmt"
	"io"
)

const (
	magic       = "SQLite format 3\x00"
	headerSize  = 100 // of the file; the first page's own begins behind it
	defaultPage = 4096
)

// Image is a database as its file and its log together have it.
type Image struct {
	file, log  *io.SectionReader
	size       int              // of a page
	usable     int              // of it: what is not reserved for extensions
	count      uint32           // of pages
	frames     map[uint32]int64 // where in the log the newest version of a page stands
	logDamaged bool
}

// Header is what the first page says of the whole database.
type Header struct {
	ApplicationID int
	UserVersion   int
}

// Open takes a database's file and its write-ahead log, both as they are. An
// empty reader stands for one that is missing.
func Open(file, log *io.SectionReader) *Image {
	im := &Image{file: file, log: log, size: defaultPage, usable: defaultPage, frames: map[uint32]int64{}}
	head := make([]byte, headerSize)
	if _, err := file.ReadAt(head, 0); err == nil {
		im.takeSize(head)
	}
	im.count = pages(file.Size(), im.size)
	im.readLog()
	if len(im.frames) == 0 {
		im.count = pages(file.Size(), im.size)
		im.takeCount(head)
	}
	return im
}

// takeSize believes a header only as far as it is one.
func (im *Image) takeSize(head []byte) {
	if string(head[:len(magic)]) != magic {
		return
	}
	size := int(binary.BigEndian.Uint16(head[16:]))
	if size == 1 {
		size = 1 << 16
	}
	if isPageSize(size) {
		im.size, im.usable = size, size-int(head[20])
	}
}

func isPageSize(size int) bool { return size >= 512 && size <= 1<<16 && size&(size-1) == 0 }

// takeCount leaves pages aside that lie behind the end of the database, which
// the header names in a count that is valid only together with another.
func (im *Image) takeCount(head []byte) {
	count := binary.BigEndian.Uint32(head[28:])
	if string(head[:len(magic)]) != magic {
		return
	}
	if changed, noted := string(head[24:28]), string(head[92:96]); changed == noted && count > 0 && count < im.count {
		im.count = count
	}
}

// Header returns the header and reports whether there is one.
func (im *Image) Header() (h Header, ok bool) {
	head, err := im.firstPage()
	if err != nil {
		return h, false
	}
	return Header{
		ApplicationID: int(binary.BigEndian.Uint32(head[68:])),
		UserVersion:   int(binary.BigEndian.Uint32(head[60:])),
	}, true
}

// LogDamaged reports whether the log lost what had been synced to the disk. What
// a crash leaves behind is no damage: SQLite passes over it.
func (im *Image) LogDamaged() bool { return im.logDamaged }

// firstPage returns the first page if it begins as a database does. A file that
// is cut short in it still has its header.
func (im *Image) firstPage() ([]byte, error) {
	page, err := im.page(1)
	if err != nil {
		page = make([]byte, headerSize)
		if _, err := im.file.ReadAt(page, 0); err != nil {
			return nil, err
		}
	}
	if string(page[:len(magic)]) != magic {
		return nil, errPage
	}
	return page, nil
}

// page reads a page from where its newest version is.
func (im *Image) page(n uint32) ([]byte, error) {
	if n == 0 || n > im.count {
		return nil, fmt.Errorf("no page %d", n)
	}
	page := make([]byte, im.size)
	if at, ok := im.frames[n]; ok {
		_, err := im.log.ReadAt(page, at)
		return page, err
	}
	_, err := im.file.ReadAt(page, int64(n-1)*int64(im.size))
	return page, err
}

func pages(bytes int64, size int) uint32 {
	return uint32(min((bytes+int64(size)-1)/int64(size), 1<<32-2))
}
