package lambda

import "syscall"

// dieWithParent lets the kernel kill the process when this one dies without
// having closed the function. What that process started ends as its calls of the
// runtime API fail.
func dieWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGKILL }
