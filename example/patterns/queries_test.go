package main

import (
	"net/http"
	"testing"
)

func TestQueryStrings(t *testing.T) {
	r := open(t, queryStrings)
	asked := map[string]int{}
	r.attach(func(string) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked[r.URL.RequestURI()]++ })
	})
	// Each line is what one object is asked for by.
	for object, urls := range map[string][]string{
		"/?a=1&b=2":         {"/products?a=1&b=2", "/products?b=2&a=1&utm_source=x", "/products?gclid=123&b=2&a=1"},
		"/":                 {"/products", "/products?utm_campaign=spring&fbclid=1"},
		"/?page=2&q=teapot": {"/search?q=teapot&page=2", "/search?page=2&color=red&q=teapot"},
		"/?q":               {"/search?q=", "/search?session=9&q"},
	} {
		for _, url := range urls {
			r.get(url)
			for _, engine := range njs(t) {
				answers, err := r.edge.Do(engine, r.atEdge(url))
				if err != nil {
					t.Fatal(err)
				}
				got := answers[0].URI
				if answers[0].Query != "" {
					got += "?" + answers[0].Query
				}
				if got != object {
					t.Errorf("%s: %s: got %s, want %s", engine.Name(), url, got, object)
				}
			}
		}
		if asked[object] != 1 {
			t.Errorf("%q: the origin was asked for %v, want %s once", urls, asked, object)
		}
	}
	if len(asked) != 4 {
		t.Errorf("the origin was asked for %v", asked)
	}
}
