package main

import (
	"net"
	"strconv"
)

// urls are where a listener is reached. One that listens everywhere is reached by
// the addresses of this machine too, so that a phone nearby can open the site.
func urls(scheme, listen string, address *net.TCPAddr, others []net.IP) (url string, more []string) {
	at := func(host string) string {
		return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(address.Port))
	}
	host, _, _ := net.SplitHostPort(listen)
	if host != "localhost" && !address.IP.IsUnspecified() {
		return at(address.IP.String()), nil
	}
	for _, ip := range others {
		more = append(more, at(ip.String()))
	}
	return at("localhost"), more
}

// reachable are the addresses besides the loopback ones that lead to a listener.
func reachable(address *net.TCPAddr) (ips []net.IP) {
	switch {
	case address.IP.IsLoopback():
		return nil
	case !address.IP.IsUnspecified():
		return []net.IP{address.IP}
	}
	interfaces, _ := net.InterfaceAddrs() // without them, localhost is still there
	for _, a := range interfaces {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			ips = append(ips, n.IP)
		}
	}
	return ips
}
