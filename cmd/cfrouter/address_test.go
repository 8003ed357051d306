package main

import (
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestURLs(t *testing.T) {
	home := net.ParseIP("192.0.2.7")
	for _, test := range []struct {
		listen, ip string
		want       []string
	}{
		{"localhost:0", "127.0.0.1", []string{"http://localhost:4321"}},
		{"localhost:0", "::1", []string{"http://localhost:4321"}},
		{"127.0.0.1:0", "127.0.0.1", []string{"http://127.0.0.1:4321"}},
		{"[::1]:0", "::1", []string{"http://[::1]:4321"}},
		{"192.0.2.7:0", "192.0.2.7", []string{"http://192.0.2.7:4321"}},
		{"laptop:0", "192.0.2.7", []string{"http://192.0.2.7:4321"}},
		{":0", "::", []string{"http://localhost:4321", "http://192.0.2.7:4321"}},
		{"0.0.0.0:0", "0.0.0.0", []string{"http://localhost:4321", "http://192.0.2.7:4321"}},
	} {
		address := &net.TCPAddr{IP: net.ParseIP(test.ip), Port: 4321}
		var others []net.IP
		if address.IP.IsUnspecified() {
			others = []net.IP{home}
		}
		url, more := urls("http", test.listen, address, others)
		if diff := cmp.Diff(test.want, append([]string{url}, more...)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.listen, diff)
		}
	}
}

func TestReachable(t *testing.T) {
	at := func(ip string) *net.TCPAddr { return &net.TCPAddr{IP: net.ParseIP(ip)} }
	if got := reachable(at("127.0.0.1")); got != nil {
		t.Errorf("loopback: got %v", got)
	}
	if got := reachable(at("192.0.2.7")); len(got) != 1 || !got[0].Equal(net.ParseIP("192.0.2.7")) {
		t.Errorf("one address: got %v", got)
	}
	for _, ip := range reachable(at("::")) {
		if ip.IsLoopback() || ip.IsUnspecified() || ip.IsLinkLocalUnicast() {
			t.Errorf("everywhere: got %v", ip)
		}
	}
}

func TestWithoutLocalhost(t *testing.T) {
	for host, want := range map[string]string{
		"www.example.com.localhost:8080": "www.example.com",
		"www.example.com.localhost":      "www.example.com",
		"www.example.com:8080":           "www.example.com:8080",
		"localhost:8080":                 "localhost:8080",
		"shop.localhost:8080":            "shop.localhost:8080",
		"[::1]:8080":                     "[::1]:8080",
		"":                               "",
	} {
		if got := withoutLocalhost(host); got != want {
			t.Errorf("%q: got %q, want %q", host, got, want)
		}
	}
}
