//go:build unix

package main

import (
	"os"
	"strconv"
	"syscall"
	"testing"
)

// TestServeLambda runs a handler, whose process must not outlive the server.
func TestServeLambda(t *testing.T) {
	s := serve(t, template, "-origin", "Task=lambda:'"+must(os.Executable())+"'")
	_, body := s.get("/task")
	pid, err := strconv.Atoi(body)
	if err != nil {
		t.Fatalf("got %q, want the process id of the handler", body)
	}
	s.wait(`^         Task \| asked for /task$`)
	s.wait(`200 GET  /task  /task, Task, `)
	if !alive(pid) {
		t.Errorf("the process %d ended while the function is served", pid)
	}
	if status := s.stop(); status != ok || alive(pid) {
		t.Errorf("exit status %d; the process %d is alive: %v", status, pid, alive(pid))
	}
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }
