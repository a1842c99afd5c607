package systemtest_test

import "syscall"

// mortal sees to it that nothing outlives a test run that was cut off.
func mortal() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
