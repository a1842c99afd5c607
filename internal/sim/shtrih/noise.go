package shtrih

// spoils is one byte in so many on a noisy line.
const spoils = 40

// heard is what of the bytes on the line reaches the register.
func (t *talk) heard(b []byte) ([]byte, error) {
	switch {
	case t.register.isOn(FaultSilent), t.register.isOn(FaultPower):
		return nil, nil
	case t.register.isOn(FaultGarbage):
		_, err := t.line.Write(t.babble(len(b)))
		return nil, err
	default:
		return t.register.spoil(b), nil
	}
}

// write puts bytes on the line.
func (t *talk) write(b []byte) error {
	_, err := t.line.Write(t.register.spoil(b))
	return err
}

// spoil loses or doubles bytes where the line is noisy. It always copies.
func (r *Register) spoil(b []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	lost, doubled := r.has(FaultLostBytes), r.has(FaultDoubledBytes)
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if lost && r.rnd.IntN(spoils) == 0 {
			continue
		}
		out = append(out, c)
		if doubled && r.rnd.IntN(spoils) == 0 {
			out = append(out, c)
		}
	}
	return out
}

// babble is noise without a control byte, so that no talk can come of it.
func (t *talk) babble(n int) []byte {
	b := make([]byte, max(n, 16))
	for i := range b {
		b[i] = byte(0x20 + t.register.draw(0x60))
	}
	return b
}
