//go:build unix && !linux

package lambda

import "syscall"

// dieWithParent does nothing where the kernel offers nothing. A process that
// outlives this one ends as its calls of the runtime API fail.
func dieWithParent(*syscall.SysProcAttr) {}
