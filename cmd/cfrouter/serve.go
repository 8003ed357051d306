package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"
)

var serveCommand = command{
	name: "serve",
	help: serveHelp,
	flags: func(flags *flag.FlagSet, s *settings) {
		flags.StringVar(&s.serve.listen, "listen", "localhost:8080", "")
		flags.BoolVar(&s.serve.tls, "tls", false, "")
		flags.BoolVar(&s.serve.plainHTTP, "plain-http", false, "")
		flags.BoolVar(&s.serve.offline, "offline", false, "")
		flags.Func("origin", "", s.origins.add("NAME=WHAT, such as Site=./site"))
		s.addDistributionFlag(flags)
		s.addCountryFlag(flags)
		s.addStoreFlag(flags)
	},
	run: runServe,
}

type serveFlags struct {
	listen                  string
	tls, plainHTTP, offline bool
}

// garbage is how much the heap may grow before it is collected, in percent. What a
// request allocates is short-lived and the heap small, so that collecting as often as
// Go does by default would take a fifth of the time.
const garbage = 400

func runServe(ctx context.Context, s *settings) (int, error) {
	debug.SetGCPercent(garbage)
	listener, err := net.Listen("tcp", s.serve.listen)
	if err != nil {
		return failed, fmt.Errorf("%w: -listen takes another HOST:PORT, such as localhost:0 for any free port", err)
	}
	defer listener.Close()
	server, err := newServer(s)
	if err != nil {
		return failed, err
	}
	defer server.close()
	web := &http.Server{
		Handler: server, ErrorLog: log.New(server.log, "", 0),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, // more than CloudFront takes, which has an answer of its own to that
	}
	address := listener.Addr().(*net.TCPAddr)
	others := reachable(address)
	scheme, serve := "http", web.Serve
	if s.serve.tls {
		if web.TLSConfig, err = selfSigned(others); err != nil {
			return failed, err
		}
		scheme, serve = "https", func(l net.Listener) error { return web.ServeTLS(l, "", "") }
	}
	url, more := urls(scheme, s.serve.listen, address, others)
	server.log.add(&serving{now("serving"), server.site.Name(), url, more, server.site.Missing()})

	ctx, stop := context.WithCancel(ctx)
	var tasks sync.WaitGroup
	defer tasks.Wait()
	defer stop()
	tasks.Go(func() { server.watch(ctx, s.again) })
	tasks.Go(func() { shutDown(ctx, web) })
	if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return failed, err
	}
	return ok, nil
}

// shutDown waits until the context is done, and gives requests under way a second
// to end.
func shutDown(ctx context.Context, web *http.Server) {
	<-ctx.Done()
	grace, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if web.Shutdown(grace) != nil {
		web.Close()
	}
}
