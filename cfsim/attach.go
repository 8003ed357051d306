package cfsim

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
)

// An Origin stands in for what is behind a distribution: see [Dir], [Files],
// [Handler], [URL] and [Lambda].
type Origin struct {
	// attach makes what answers for an origin.
	attach func(*Distribution, *origin) (http.RoundTripper, error)

	// start runs a function, for [Lambda] only.
	start starter
}

// Dir is a directory whose files are the objects of a bucket. They are read when
// they are asked for, so changes are seen at once.
func Dir(path string) Origin {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return failing(fmt.Errorf("cfsim: %w", err))
	case !info.IsDir():
		return failing(fmt.Errorf("cfsim: %s is no directory", path))
	}
	return Files(os.DirFS(path))
}

// Files are the objects of a bucket. The bucket answers as S3 does: with a 403 for
// a missing object unless the distribution may list the bucket, with ranges, ETags
// and conditional requests, or as a website if the origin is its website endpoint.
func Files(files fs.FS) Origin {
	return Origin{attach: func(d *Distribution, o *origin) (http.RoundTripper, error) {
		return d.bucket(o, files)
	}}
}

// Handler answers for an origin of any kind. It sees the request that CloudFront
// sends the origin: with the origin's path in front, the origin's Host, and the
// headers that the policies let through.
func Handler(h http.Handler) Origin {
	return Origin{attach: func(*Distribution, *origin) (http.RoundTripper, error) {
		return handlerTransport{h}, nil
	}}
}

// URL is a server that answers for an origin of any kind, such as
// http://localhost:3000 or https://staging.example.com/base.
func URL(base string) Origin {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return failing(fmt.Errorf("cfsim: %q is no url of a server: write a scheme, a host and perhaps a path, such as http://localhost:3000", base))
	}
	return Origin{attach: func(d *Distribution, _ *origin) (http.RoundTripper, error) {
		return baseTransport{u, d.servers}, nil
	}}
}

// Lambda is a command that runs a Lambda handler, such as
// "go", "run", "./example/api" or "./build/bootstrap". It is started with the first
// request, and talks to Lambda's runtime API as it would once deployed. The origin
// is a function URL, or an HTTP API with the function behind its routes; [Distribution.Attach]
// takes the name of the function as well.
func Lambda(command ...string) Origin { return LambdaIn("", command...) }

// LambdaIn is [Lambda] with the directory that the command runs in.
func LambdaIn(dir string, command ...string) Origin {
	if len(command) == 0 {
		return failing(fmt.Errorf(`cfsim: Lambda needs a command, such as "go", "run", "./example/api"`))
	}
	start := byCommand(dir, command)
	return Origin{start: start, attach: func(d *Distribution, o *origin) (http.RoundTripper, error) {
		return d.functionOrigin(o, start)
	}}
}

func failing(err error) Origin {
	return Origin{attach: func(*Distribution, *origin) (http.RoundTripper, error) { return nil, err }}
}

// Attach puts something behind an origin in place of what will be there once the
// template is deployed. The origin is named by construct path ("Site",
// "Shop/Site"), logical id, id in the distribution, host, or the path pattern of a
// route ("/files"). Attaching to an origin again, under whatever name, replaces what
// was attached. Call Attach before the first request.
func (d *Distribution) Attach(name string, with Origin) error {
	if with.attach == nil {
		return fmt.Errorf("cfsim: what is to be attached to %q is empty: make it with Dir, Files, Handler, URL or Lambda", name)
	}
	var found []*origin
	for _, o := range d.origins {
		if len(o.members) == 0 && named(o.names, name) {
			found = append(found, o)
		}
	}
	if o := d.originOfRoute(name); o != nil && len(found) == 0 {
		found = []*origin{o}
	}
	if len(found) == 0 && with.start != nil {
		if apis := d.apisOf(name); len(apis) > 0 {
			return d.attachToAPIs(apis, name, with)
		}
	}
	if len(found) == 0 {
		return fmt.Errorf("cfsim: there is no origin %q; there are %s", name, quoted(d.attachable()))
	}
	for _, o := range found[1:] {
		if o.name != found[0].name {
			return fmt.Errorf("cfsim: %q is both %s and %s: write out one of them", name, found[0].name, o.name)
		}
	}
	for _, o := range found {
		transport, err := with.attach(d, o)
		if err != nil {
			return err
		}
		o.attached = transport
	}
	return nil
}

// originOfRoute is the origin of the behavior with a path pattern: of "/files" as
// well as of "/files/*", of "/" that of the default behavior.
func (d *Distribution) originOfRoute(pattern string) *origin {
	if pattern == "/" || pattern == "*" {
		return single(d.behaviors[len(d.behaviors)-1].origin)
	}
	if !strings.HasPrefix(pattern, "/") {
		return nil
	}
	i := slices.IndexFunc(d.behaviors, func(b *behavior) bool {
		return rooted(b.pattern) == pattern || rooted(b.pattern) == strings.TrimSuffix(pattern, "/")+"/*"
	})
	if i < 0 {
		return nil
	}
	return single(d.behaviors[i].origin)
}

// single is the origin itself, or the first of a group.
func single(o *origin) *origin {
	if o != nil && len(o.members) > 0 {
		return o.members[0]
	}
	return o
}

func (d *Distribution) attachable() []string {
	return append(d.labels(func(*origin) bool { return true }), d.integrated()...)
}

// labels are the names of the origins for which a condition holds, each once: several
// origins can be of one bucket.
func (d *Distribution) labels(of func(*origin) bool) (names []string) {
	for _, o := range d.origins {
		if len(o.members) == 0 && of(o) && !slices.Contains(names, o.label) {
			names = append(names, o.label)
		}
	}
	return names
}

// Missing returns the names of the origins to which nothing is attached and which
// cannot be asked over the network either.
func (d *Distribution) Missing() []string {
	return d.labels(func(o *origin) bool { return o.attached == nil && o.external == nil })
}
