//go:build !windows

package main

// asService is a question for Windows alone: other systems' managers need
// nothing but signals.
func (p *program) asService() bool { return false }

func (p *program) underManager() int { return exitUsage }

func tune() error { return nil }
