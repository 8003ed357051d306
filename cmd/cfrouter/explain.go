package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/cfrouter/cfrouter/cfsim"
)

var explainCommand = command{
	name: "explain",
	help: explainHelp,
	flags: func(flags *flag.FlagSet, s *settings) {
		for _, name := range []string{"method", "X"} {
			flags.StringVar(&s.explain.method, name, http.MethodGet, "")
		}
		for _, name := range []string{"header", "H"} {
			flags.Func(name, "", s.explain.addHeader)
		}
		s.addDistributionFlag(flags)
		s.addCountryFlag(flags)
		s.addStoreFlag(flags)
	},
	run:       runExplain,
	takesURLs: true,
}

type explainFlags struct {
	urls   []string
	method string
	header http.Header
}

// validHeader is the grammar of RFC 9110, section 5.
var validHeader = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*$")

func (f *explainFlags) addHeader(text string) error {
	m := validHeader.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("write 'Name: value', such as 'Cookie: beta=on'")
	}
	if f.header == nil {
		f.header = http.Header{}
	}
	f.header.Add(m[1], m[2])
	return nil
}

func runExplain(_ context.Context, s *settings) (int, error) {
	requests, err := s.requests()
	if err != nil {
		return failed, err
	}
	app, err := s.load(cfsim.Options{})
	if err != nil {
		return failed, err
	}
	defer app.Close()
	d, err := app.Distribution(s.distribution)
	if err != nil {
		return failed, err
	}
	for i, r := range requests {
		trace := d.Explain(r)
		switch {
		case s.asJSON:
			s.println(string(trace.JSON()))
		case i > 0:
			s.println()
			fallthrough
		default:
			s.printTrace(trace)
		}
	}
	return ok, nil
}

func (s *settings) requests() ([]*http.Request, error) {
	var requests []*http.Request
	for _, arg := range s.explain.urls {
		urls := []string{arg}
		if arg == "-" {
			var err error
			if urls, err = lines(s.stdin); err != nil {
				return nil, fmt.Errorf("the urls on standard input: %w", err)
			}
		}
		for _, url := range urls {
			r, err := s.explain.request(url)
			if err != nil {
				return nil, err
			}
			requests = append(requests, r)
		}
	}
	if len(s.explain.urls) == 0 {
		return nil, &misuse{fmt.Errorf("there is no url to explain after the template %s: write one such as /index.html or https://www.example.com/index.html", s.template), "cfrouter explain -h"}
	}
	return requests, nil
}

func (f *explainFlags) request(url string) (*http.Request, error) {
	if err := methodGiven(url); err != nil {
		return nil, &misuse{err, "cfrouter explain -h"}
	}
	r, err := cfsim.NewRequest(f.method, url)
	if err != nil || f.header == nil {
		return r, err
	}
	r.Header = f.header.Clone()
	if host := r.Header.Get("Host"); host != "" {
		r.Host, r.URL.Host = host, host
		r.Header.Del("Host")
	}
	return r, nil
}

// lines are those with something on them.
func lines(r io.Reader) (found []string, err error) {
	scanner := bufio.NewScanner(r)
	for scanner.Scan() {
		if line := strings.TrimSpace(scanner.Text()); line != "" {
			found = append(found, line)
		}
	}
	return found, scanner.Err()
}

// printTrace shows the request bold, and what is not simulated in yellow.
func (s *settings) printTrace(t *cfsim.Trace) {
	for i, line := range strings.Split(strings.TrimSuffix(t.String(), "\n"), "\n") {
		switch {
		case i == 0:
			line = s.paint(bold, line)
		case strings.Contains(line, " not simulated: "):
			line = s.paint(yellow, line)
		}
		s.println(line)
	}
}
