package lambda

import (
	"bytes"
	"fmt"
)

const (
	// maxLine is how long a line may get before it is written in pieces, so that
	// a process which prints no newline takes no memory.
	maxLine = 64 << 10

	// maxTail is how much of the last output goes into the error of a process
	// that did not start. A compiler's complaint fits.
	maxTail = 4 << 10
)

// A lineWriter copies what a process prints to the function's log, in whole
// lines with the function's name in front, and keeps the end of it.
type lineWriter struct {
	function *Function
	partial  []byte
	tail     []byte
}

func newLineWriter(f *Function) *lineWriter { return &lineWriter{function: f} }

// Write never fails: a log that cannot be written must not end the process.
func (w *lineWriter) Write(p []byte) (int, error) {
	w.tail = append(w.tail, p...)
	w.tail = append(w.tail[:0], w.tail[max(0, len(w.tail)-maxTail):]...)

	for rest := p; len(rest) > 0; {
		text, after, found := bytes.Cut(rest, []byte("\n"))
		if room := maxLine - len(w.partial); len(text) > room {
			text, after, found = rest[:room], rest[room:], true
		}
		w.partial = append(w.partial, text...)
		if found {
			w.function.writeLine(bytes.TrimSuffix(w.partial, []byte("\r")))
			w.partial = w.partial[:0]
		}
		rest = after
	}
	return len(p), nil
}

// flush writes what came without a newline.
func (w *lineWriter) flush() {
	if len(w.partial) > 0 {
		w.function.writeLine(w.partial)
		w.partial = nil
	}
}

// logf writes a line of the package's own to the log.
func (f *Function) logf(format string, arguments ...any) {
	f.writeLine(fmt.Appendf(nil, format, arguments...))
}

func (f *Function) writeLine(text []byte) {
	line := append([]byte(f.options.Name), " | "...)
	line = append(append(line, text...), '\n')
	f.logging.Lock()
	defer f.logging.Unlock()
	_, _ = f.options.Log.Write(line)
}
