package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

// A console is where a command reads and writes: results go to stdout, messages
// to stderr.
type console struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	colours        bool // on stdout
}

// newConsole uses colours for people at a terminal who did not ask for none.
// (https://no-color.org)
func newConsole(stdin io.Reader, stdout, stderr io.Writer) *console {
	unwanted := os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
	return &console{stdin, stdout, stderr, !unwanted && isTerminal(stdout)}
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// complain prints an error, whichever package it is from.
func (c *console) complain(err error) {
	fmt.Fprintln(c.stderr, "cfrouter: "+message(err))
}

// message is an error without the package it is from.
func message(err error) string { return strings.TrimPrefix(err.Error(), "cfsim: ") }

func (c *console) println(arguments ...any) { fmt.Fprintln(c.stdout, arguments...) }

func (c *console) printJSON(value any) error {
	encoder := json.NewEncoder(c.stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// printTable prints rows, of which the first one is the header.
func (c *console) printTable(rows [][]string) {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	for i, line := range strings.Split(strings.TrimSuffix(table.String(), "\n"), "\n") {
		if line = strings.TrimRight(line, " "); i == 0 {
			line = c.paint(dim, line)
		}
		c.println(line)
	}
}

// A style is how text looks at a terminal, as ECMA-48 numbers it.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	yellow style = "33"
)

func (c *console) paint(s style, text string) string {
	if !c.colours || s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// progress says at a terminal what is being done if that takes longer than a
// moment, and wipes it out once it is done. It returns the function that ends it.
func (c *console) progress(what string) (done func()) {
	if !isTerminal(c.stderr) {
		return func() {}
	}
	shown := make(chan struct{})
	timer := time.AfterFunc(300*time.Millisecond, func() {
		defer close(shown)
		fmt.Fprintf(c.stderr, "cfrouter: %s ...", what)
	})
	return func() {
		if !timer.Stop() {
			<-shown
			fmt.Fprint(c.stderr, "\r\x1b[K")
		}
	}
}
