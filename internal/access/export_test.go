package access

// ParsePHC is parsePHC for the fuzz test; it returns the string written anew.
func ParsePHC(s string) (string, error) {
	p, err := parsePHC(s)
	return p.String(), err
}
