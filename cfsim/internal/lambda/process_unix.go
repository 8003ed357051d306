//go:build unix

package lambda

import (
	"os/exec"
	"syscall"
)

// separate puts the process into a group of its own, so that killTree reaches
// what it starts: the command that `go run` compiles is a child of it.
func separate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
}

// killTree kills the process and its group. A group that is gone is none of the
// errors to care about, and there are no others.
func killTree(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}

// killRest kills what a process that ended has left behind.
func killRest(cmd *exec.Cmd) { killTree(cmd) }
