//go:build !windows

package main

// systemLanguage is "": here the environment says it.
func systemLanguage() string { return "" }
