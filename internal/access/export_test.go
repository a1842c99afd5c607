package access

// ParsePHC is parsePHC for the fuzz test; it returns the string written anew.
func ParsePHC(s string) (string, error) {
	p, err := parsePHC(s)
	return p.String(), err
}

// FillSlots takes every slot of strangers' logins and every place in their
// queue until release.
func FillSlots(s *Service) (release func()) {
	h := s.hasher
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	h.waiting.Add(h.queue)
	return func() {
		h.waiting.Add(-h.queue)
		for range cap(h.slots) {
			<-h.slots
		}
	}
}
