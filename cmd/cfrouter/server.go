package main

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/cfrouter/cfrouter/cfsim"
)

// A server answers with the site that was opened last.
type server struct {
	log *eventLog

	mu   sync.RWMutex
	site *site
	open map[*site]bool // those that were opened before may still be answering
}

func newServer(s *settings) (*server, error) {
	server := &server{log: &eventLog{console: s.console, json: s.asJSON}, open: map[*site]bool{}}
	first, err := server.load(s)
	if err != nil {
		return nil, err
	}
	server.use(first)
	return server, nil
}

func (s *server) load(settings *settings) (*site, error) {
	return openSite(settings, cfsim.Options{
		External: !settings.serve.offline, PlainHTTP: settings.serve.plainHTTP, Observe: s.log.request, Log: s.log,
	})
}

func (s *server) loadAgain(read func() (*settings, error)) (*site, error) {
	settings, err := read()
	if err != nil {
		return nil, err
	}
	return s.load(settings)
}

// use answers with another site from now on. The one before is closed when it has
// answered what it was asked.
func (s *server) use(next *site) {
	s.mu.Lock()
	last := s.site
	s.site = next
	s.log.use(next.Distribution)
	s.open[next] = true
	s.mu.Unlock()
	if last != nil {
		go func() {
			last.requests.Wait()
			last.close()
			s.mu.Lock()
			delete(s.open, last)
			s.mu.Unlock()
		}()
	}
}

// reload opens the site again. If that fails, the one that is there goes on.
func (s *server) reload(read func() (*settings, error)) {
	next, err := s.loadAgain(read)
	if err != nil {
		s.log.add(&kept{now("kept"), message(err)})
		return
	}
	if slices.Equal(next.sources.paths, s.site.sources.paths) {
		next.sources = s.site.sources // or what changes while it is read would go unnoticed
	}
	s.use(next)
	s.log.add(&reloaded{now("reloaded"), next.Missing()})
}

// empty removes everything from the cache.
func (s *server) empty() {
	if _, err := s.site.Invalidate("/*"); err != nil { // which is a path that every cache takes
		panic(err)
	}
	s.log.add(&emptied{now("emptied")})
}

// close closes every site, whether or not it has answered.
func (s *server) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for site := range s.open {
		site.close()
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	site := s.site
	site.requests.Add(1)
	s.mu.RUnlock()
	defer site.requests.Done()
	r.Host = withoutLocalhost(r.Host)
	site.ServeHTTP(w, r)
}

// withoutLocalhost is the name that is asked for by a local name made of it: those
// that end in .localhost lead to this machine, in browsers as in most resolvers
// (RFC 6761).
func withoutLocalhost(host string) string {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if name, ok := strings.CutSuffix(name, ".localhost"); ok && strings.Contains(name, ".") {
		return name
	}
	return host
}
