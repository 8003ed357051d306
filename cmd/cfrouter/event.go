package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A stamp says which kind of event it is, and when it was.
type stamp struct {
	Event string    `json:"event"`
	Time  time.Time `json:"time"`
}

func now(event string) stamp { return stamp{event, time.Now().Truncate(time.Millisecond)} }

func (s stamp) clock(c *console) string { return c.paint(dim, s.Time.Format(time.TimeOnly)) }

// serving is that the distribution can be asked.
type serving struct {
	stamp
	Distribution string   `json:"distribution"`
	URL          string   `json:"url"`
	Others       []string `json:"otherUrls,omitempty"`
	Missing      missing  `json:"missing,omitempty"`
}

func (e *serving) words(c *console) string {
	text := e.Distribution + " is at " + c.paint(bold, e.URL)
	for _, url := range e.Others {
		text += "\nand at " + c.paint(bold, url)
	}
	return text + e.Missing.words(c)
}

// missing are origins with nothing behind them.
type missing []string

func (m missing) words(c *console) string {
	if len(m) == 0 {
		return ""
	}
	return c.paint(yellow, "\nnothing stands in for "+strings.Join(m, ", ")+": requests for it are answered with 502; -origin NAME=WHAT gives it something")
}

// reloaded is that what changed is in use.
type reloaded struct {
	stamp
	Missing missing `json:"missing,omitempty"`
}

func (e *reloaded) words(c *console) string {
	return e.clock(c) + " loaded again after a change" + e.Missing.words(c)
}

// kept is that what changed cannot be used.
type kept struct {
	stamp
	Error string `json:"error"`
}

func (e *kept) words(c *console) string {
	return e.clock(c) + " " + c.paint(red, "a change cannot be used, so what was loaded before goes on: ") + e.Error
}

// emptied is that the cache is empty since the content of a bucket changed.
type emptied struct{ stamp }

func (e *emptied) words(c *console) string {
	return e.clock(c) + " the content of a bucket changed, so the cache was emptied"
}

// output is a line that a Lambda process or the server wrote.
type output struct {
	stamp
	Text string `json:"text"`
}

func (e *output) words(*console) string { return indent + e.Text }

// answered is one request.
type answered struct {
	stamp
	withHost bool // in words, as one host of several was asked

	Method       string   `json:"method"`
	URL          string   `json:"url"`
	Status       int      `json:"status"`
	Behavior     string   `json:"behavior,omitempty"` // none for what was refused before
	Origin       string   `json:"origin,omitempty"`   // none if the edge answered
	Cache        string   `json:"cache,omitempty"`    // none if it was not asked
	Milliseconds float64  `json:"milliseconds"`       // until the answer began
	Logs         []string `json:"logs,omitempty"`     // of edge functions
	Reasons      []string `json:"reasons,omitempty"`  // for an error
}

func (e *answered) words(c *console) string {
	by := []string{"the edge"}
	if e.Origin != "" {
		by = []string{e.Origin}
	}
	if e.Behavior != "" {
		by = append([]string{e.Behavior}, by...)
	}
	if e.Cache != "" {
		by = append(by, e.Cache)
	}
	by = append(by, fmt.Sprintf("%.1f ms", e.Milliseconds))
	text := fmt.Sprintf("%s %s %-4s %s  %s", e.clock(c), c.paint(statusStyle(e.Status), fmt.Sprint(e.Status)),
		e.Method, shortened(e.target()), c.paint(dim, strings.Join(by, ", ")))
	for _, detail := range slices.Concat(e.Logs, e.Reasons) {
		text += "\n" + indent + strings.ReplaceAll(printable(detail), "\n", "\n"+indent+"  ")
	}
	return text
}

// target is the path and the query string, after the host if that is to be named.
func (e *answered) target() string {
	_, rest, _ := strings.Cut(e.URL, "://")
	host, target, _ := strings.Cut(rest, "/")
	if !e.withHost {
		host = ""
	}
	return host + "/" + target
}

func statusStyle(status int) style {
	switch {
	case status >= 500:
		return red
	case status >= 400:
		return yellow
	}
	return plain
}

// shortened keeps a url from filling the screen.
func shortened(text string) string {
	const most = 200
	if len(text) > most {
		return printable(text[:most]) + "..."
	}
	return printable(text)
}

// printable is text without what could move the cursor of a terminal: it is not
// known who wrote it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
