//go:build !linux

package systemtest_test

import "syscall"

// mortal can do nothing here: a test run that is cut off leaves programs.
func mortal() *syscall.SysProcAttr { return nil }
