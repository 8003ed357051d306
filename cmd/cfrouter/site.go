package main

import (
	"sync"

	"github.com/cfrouter/cfrouter/cfsim"
)

// A site is a distribution as it was loaded, with something behind its origins.
type site struct {
	*cfsim.Distribution
	requests sync.WaitGroup // that it is answering
	close    func()

	sources watched // what the site was made of
	content watched // directories that stand in for buckets
}

func openSite(s *settings, o cfsim.Options) (*site, error) {
	app, err := s.load(o)
	if err != nil {
		return nil, err
	}
	d, err := app.Distribution(s.distribution)
	if err == nil {
		err = s.attach(d)
	}
	if err != nil {
		app.Close()
		return nil, err
	}
	return &site{
		Distribution: d, close: sync.OnceFunc(func() { app.Close() }),
		sources: watch(append(app.Files(), s.files()...)), content: watch(s.content()),
	}, nil
}

// files are those that the settings are read from.
func (s *settings) files() (paths []string) {
	if s.file != "" {
		paths = append(paths, s.file)
	}
	for _, store := range s.stores {
		paths = append(paths, store.path())
	}
	return paths
}

// content are the directories that stand in for buckets.
func (s *settings) content() (paths []string) {
	for _, o := range s.origins {
		if o.isDir() {
			paths = append(paths, o.path())
		}
	}
	return paths
}
