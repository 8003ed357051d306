package main

import (
	"testing"

	"github.com/cfrouter/cfrouter/cfsim"
)

func TestManyRoutes(t *testing.T) {
	r := open(t, manyRoutes)
	r.expect(map[string]string{
		"/":                   "Home /index.html",
		"/about.html":         "Home /about.html",
		"/shop-0":             "Cell0 /",
		"/shop-0/cart":        "Cell0 /cart",
		"/shop-1234/a/b?c=d":  "Cell2 /a/b",
		"/shop-2999/":         "Cell7 /",
		"/shop-3000":          "Home /shop-3000",
		"/shop-12345/cart":    "Home /shop-12345/cart",
		"POST /shop-17/cart":  "Cell1 /cart",
		"POST /about.html":    "405",
		"/x/../shop-17/cart":  "308 /shop-17/cart",
		"/shop-17//cart":      "Cell1 /cart",
		"/shop-%317/cart?a=b": "308 /shop-17/cart?a=b",
		"/blog/0.html":        "301 /stories/2000/",
		"/blog/1999.html?a=b": "301 /stories/3999/?a=b",
		"/blog/1999.html/":    "Home /blog/1999.html/index.html",
		"/blog/2000.html":     "Home /blog/2000.html",
	})
	if behaviors := len(r.Routes()); behaviors != 1 {
		t.Errorf("the routes take %d behaviors, want the default one", behaviors)
	}
	request, err := cfsim.NewRequest("GET", "/about.html")
	if err != nil {
		t.Fatal(err)
	}
	if !r.Explain(request).Cacheable {
		t.Error("what the bucket has is not cached")
	}
	for _, engine := range njs(t) {
		answers, err := r.edge.Do(engine, r.atEdge("/shop-1234/a"), r.atEdge("/about.html"))
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range answers {
			if got.Reads == 0 || got.Reads > 3 {
				t.Errorf("%s: the store was read %d times for %s, want one to three", engine.Name(), got.Reads, got.URI)
			}
		}
	}
}
