package lambda

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLineWriter(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"a\nb\n", "fn | a\nfn | b\n"},
		{"a\r\n\nb", "fn | a\nfn | \nfn | b\n"},
		{long + "y\n", "fn | " + long + "\nfn | y\n"},
	} {
		for name, reader := range map[string]io.Reader{
			"whole": strings.NewReader(test.text),
			"bytes": iotest.OneByteReader(strings.NewReader(test.text)),
		} {
			log := &logBuffer{}
			w := newLineWriter(New(Options{Name: "fn", Log: log}))
			if _, err := io.Copy(w, reader); err != nil {
				t.Fatal(err)
			}
			w.flush()
			if got := log.String(); got != test.want {
				t.Errorf("%.20q in %s: got %.50q, want %.50q", test.text, name, got, test.want)
			}
		}
	}
}

func TestLineWriterKeepsTheEnd(t *testing.T) {
	w := newLineWriter(New(Options{}))
	for i := range 10_000 {
		fmt.Fprintln(w, i)
	}
	if len(w.tail) != maxTail || !strings.HasSuffix(string(w.tail), "\n9998\n9999\n") {
		t.Errorf("kept %d bytes that end %q", len(w.tail), w.tail[len(w.tail)-20:])
	}
}
