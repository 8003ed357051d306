package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// stream is a response body on its way from the origin: one goroutine fills
// it, any number of readers get all of it, each at its own pace. What arrives
// is kept whole until it turns out to be too much; from then on the stream is
// spilled and holds only what the slowest reader has not had yet, and the
// origin waits for that reader.
type stream struct {
	src     io.ReadCloser
	length  int64              // announced by Content-Length, -1 when it was not
	limit   int64              // of what is kept
	reserve func(n int64) bool // asks for memory to keep it

	// Of fill alone.
	reserved int64
	spare    []byte

	mu      sync.Mutex // taken before Cache.mu, never after it
	buf     []byte     // written by fill alone, which extends or replaces it
	base    int64      // where in the body buf begins
	spilled bool
	done    bool
	err     error // io.EOF at the end of a whole body
	readers []*reader
	changed chan struct{} // closed on the next change, nil when nobody waits
}

// firstBuffer and window are in bytes: what is allocated for a body of unknown
// length, and how far a spilled stream runs ahead of its slowest reader.
const (
	firstBuffer = 4 << 10
	window      = 64 << 10
)

var errDeserted = errors.New("cfsim: nobody reads the response any more")

// fill reads the whole body. It returns what is to be kept, nil when the body
// was too much, broke off or has another length than announced. The readers
// learn of its end by finish.
func (s *stream) fill() (body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			body, err = nil, fmt.Errorf("cfsim: the origin panicked: %v", p)
		}
	}()
	for {
		room, err := s.room()
		if err != nil {
			return nil, err
		}
		var n int
		if room != nil {
			n, err = s.src.Read(room)
		} else if n, err = s.beyond(); n < 0 {
			return nil, err
		}
		if n > 0 {
			s.arrived(n)
		}
		switch {
		case err == io.EOF:
			return s.whole()
		case err != nil:
			return nil, err
		}
	}
}

// beyond reads one byte more than is kept, which there is not if the body is
// what it should be. If there is one, n is 1, and the byte is where the next
// ones are read to; n is -1 when that is impossible.
func (s *stream) beyond() (n int, err error) {
	var probe [1]byte
	n, err = s.src.Read(probe[:])
	if n == 0 {
		return 0, err
	}
	if s.received() == s.length {
		return -1, fmt.Errorf("cfsim: the origin sent more than the %d bytes that its Content-Length says", s.length)
	}
	s.startSpill()
	room, deserted := s.spillRoom()
	if deserted != nil {
		return -1, deserted
	}
	copy(room, probe[:])
	return 1, err
}

// room returns where to read to, nil when what is kept is full.
func (s *stream) room() ([]byte, error) {
	if s.spilled { // set by this goroutine
		return s.spillRoom()
	}
	have := int64(len(s.buf))
	if have < int64(cap(s.buf)) {
		return s.buf[have:cap(s.buf)], nil
	}
	most := s.limit
	if s.length >= 0 {
		most = min(most, s.length)
	}
	if have >= most {
		return nil, nil
	}
	size := min(max(firstBuffer, 2*have, min(s.length, window)), most)
	if !s.reserve(size - have) {
		s.startSpill()
		return s.spillRoom()
	}
	s.reserved = size
	grown := append(make([]byte, 0, size), s.buf...)
	s.mu.Lock()
	s.buf = grown
	s.mu.Unlock()
	return grown[have:size], nil
}

// spillRoom waits until the slowest reader is near and returns where to read
// to.
func (s *stream) spillRoom() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.buf) >= window && len(s.readers) > 0 {
		changed := s.wait()
		s.mu.Unlock()
		<-changed
		s.mu.Lock()
	}
	if len(s.readers) == 0 {
		return nil, errDeserted
	}
	if cap(s.buf)-len(s.buf) < window/4 {
		// The one buffer is free again once everything in it was read.
		if len(s.buf) > 0 || s.spare == nil {
			s.spare = make([]byte, 0, 2*window)
		}
		s.buf = append(s.spare, s.buf...)
		if s.reserved > 0 { // and what it was for is gone
			s.reserve(-s.reserved)
			s.reserved = 0
		}
	}
	return s.buf[len(s.buf):cap(s.buf)], nil
}

func (s *stream) startSpill() {
	s.mu.Lock()
	s.spilled = true
	s.trim()
	s.mu.Unlock()
}

// arrived makes the n bytes that were read behind buf part of it.
func (s *stream) arrived(n int) {
	s.mu.Lock()
	s.buf = s.buf[:len(s.buf)+n]
	s.notify()
	s.mu.Unlock()
}

func (s *stream) received() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base + int64(len(s.buf))
}

// whole ends a body that the origin has ended.
func (s *stream) whole() ([]byte, error) {
	if n := s.received(); s.length >= 0 && n != s.length {
		return nil, fmt.Errorf("cfsim: the origin sent %d of the %d bytes that its Content-Length says: %w", n, s.length, io.ErrUnexpectedEOF)
	}
	if s.spilled {
		return nil, io.EOF
	}
	body := s.buf
	if body == nil {
		body = []byte{}
	}
	if cap(body)-len(body) > len(body)/8 {
		body = append(make([]byte, 0, len(body)), body...)
	}
	return body[:len(body):len(body)], io.EOF
}

// finish lets the readers have the end of the body, or learn why there is
// none. What they have not read yet they still get.
func (s *stream) finish(err error) {
	s.mu.Lock()
	s.done, s.err = true, err
	s.notify()
	s.mu.Unlock()
}

// wait returns a channel that is closed on the next change. The caller holds
// s.mu.
func (s *stream) wait() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// notify wakes who waits. The caller holds s.mu.
func (s *stream) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// trim forgets what every reader of a spilled stream has had. The caller holds
// s.mu.
func (s *stream) trim() {
	if !s.spilled || len(s.readers) == 0 {
		return
	}
	slowest := s.readers[0].at
	for _, r := range s.readers[1:] {
		slowest = min(slowest, r.at)
	}
	s.buf = s.buf[slowest-s.base:]
	s.base = slowest
	s.notify()
}

// reader is one viewer's place in a flight and, once there is a body, the body
// it reads.
type reader struct {
	flight *flight
	ctx    context.Context
	stream *stream // nil until the flight has landed, and then if it is not shared

	// Guarded by stream.mu.
	at   int64
	left bool
}

// admit adds a reader that came when the body was already arriving. It is
// false when the beginning is gone.
func (s *stream) admit(r *reader) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spilled {
		return false
	}
	r.stream = s
	s.readers = append(s.readers, r)
	return true
}

func (r *reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	s := r.stream
	s.mu.Lock()
	for {
		if r.left {
			s.mu.Unlock()
			return 0, errClosed
		}
		if n := copy(p, s.buf[r.at-s.base:]); n > 0 {
			r.at += int64(n)
			s.trim()
			s.mu.Unlock()
			return n, nil
		}
		if s.done {
			s.mu.Unlock()
			return 0, s.err
		}
		changed := s.wait()
		s.mu.Unlock()
		select {
		case <-changed:
		case <-r.ctx.Done():
			r.Close()
			return 0, context.Cause(r.ctx)
		}
		s.mu.Lock()
	}
}

var errClosed = errors.New("cfsim: read on a closed response body")

// Close leaves the stream to the other readers.
func (r *reader) Close() error {
	s := r.stream
	s.mu.Lock()
	first := !r.left
	if first {
		r.left = true
		s.readers = slices.DeleteFunc(s.readers, func(o *reader) bool { return o == r })
		s.trim()
		s.notify()
	}
	s.mu.Unlock()
	if first {
		r.flight.leave()
	}
	return nil
}
