package main

import (
	"context"
	"fmt"
	"hash/maphash"
	"io/fs"
	"iter"
	"os"
	"time"
)

// watched are files and directories and how they looked last. They are looked at
// every now and then: that works on every file system, and for editors that write
// a new file in place of the old one.
type watched struct {
	paths       []string
	seen, known uint64
}

func watch(paths []string) watched {
	now := look(paths)
	return watched{paths, now, now}
}

// changed reports once that something has changed and come to rest: what is still
// being written looks different again the next time.
func (w *watched) changed() bool {
	now := look(w.paths)
	settled := now == w.seen && now != w.known
	w.seen = now
	if settled {
		w.known = now
	}
	return settled
}

var seed = maphash.MakeSeed()

// most is the number of files in a directory that are looked at. Nobody edits more.
const most = 20_000

// look returns a number that is another one when something in the paths is.
func look(paths []string) uint64 {
	var hash maphash.Hash
	hash.SetSeed(seed)
	add := func(path string, info fs.FileInfo) {
		fmt.Fprintln(&hash, path, info.Size(), info.ModTime().UnixNano())
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil: // what cannot be read is not there
		case info.IsDir():
			for name, info := range filesIn(path) {
				add(name, info)
			}
		default:
			add(path, info)
		}
	}
	return hash.Sum64()
}

// filesIn are the files below a directory.
func filesIn(dir string) iter.Seq2[string, fs.FileInfo] {
	return func(yield func(string, fs.FileInfo) bool) {
		n := 0
		fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return nil
			}
			if n++; n > most {
				return fs.SkipAll
			}
			if info, err := entry.Info(); err == nil && !yield(path, info) {
				return fs.SkipAll
			}
			return nil
		})
	}
}

// pause is the time between two looks.
var pause = 500 * time.Millisecond

// watch looks for changes until the context is done, and takes no more than a
// twentieth of the time for it.
func (s *server) watch(ctx context.Context, read func() (*settings, error)) {
	timer := time.NewTimer(pause)
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		began := time.Now()
		if s.site.sources.changed() {
			s.reload(read)
		} else if s.site.content.changed() {
			s.empty()
		}
		timer.Reset(max(pause, 20*time.Since(began)))
	}
}
