//go:build !unix

package lambda

import (
	"os/exec"
	"runtime"
	"strconv"
)

func separate(*exec.Cmd) {}

// killTree kills the process and, on Windows, those it started.
func killTree(cmd *exec.Cmd) {
	if runtime.GOOS == "windows" {
		_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
	}
	_ = cmd.Process.Kill()
}

// killRest does nothing: nothing leads from a process that ended to those it
// started. They end as their calls of the runtime API fail.
func killRest(*exec.Cmd) {}
