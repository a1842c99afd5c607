package shtrih

// factorySpeed are the codes of 115200 bits a second and of 100 ms.
func factorySpeed() [2]byte { return [2]byte{6, 100} }

// setExchange is 14h: a port, the code of its speed, the code of its wait for a
// byte. The bench's lines have no speed; it is kept and told again.
func (r *Register) setExchange(c call) ([]byte, byte) {
	const fastest = 6
	if c.args[1] > fastest {
		return nil, codeParameters
	}
	if r.speeds == nil {
		r.speeds = map[byte][2]byte{}
	}
	r.speeds[c.args[0]] = [2]byte{c.args[1], c.args[2]}
	return nil, 0
}

func (r *Register) exchangeOf(c call) ([]byte, byte) {
	s, ok := r.speeds[c.args[0]]
	if !ok {
		s = factorySpeed()
	}
	return s[:], 0
}
