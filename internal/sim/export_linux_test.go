package sim

import "io"

// OpenPTY is a serial line whose far end the test holds.
func OpenPTY(name string) (io.ReadWriteCloser, error) { return openPTY(name) }
