package access

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// phc is an argon2id hash as the PHC string format writes it:
// $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
type phc struct {
	params Params
	salt   []byte
	hash   []byte
}

var errPHC = errors.New("access: not an argon2id string")

// The largest costs that a stored string may ask for, so that a damaged row
// cannot eat the machine.
const (
	maxMemoryKiB = 256 * 1024
	maxTime      = 16
)

// String writes the hash with its costs.
func (p phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.params.MemoryKiB, p.params.Time, p.params.Threads, b64.EncodeToString(p.salt), b64.EncodeToString(p.hash))
}

func parsePHC(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errPHC
	}
	var p phc
	costs := &p.params
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &costs.MemoryKiB, &costs.Time, &costs.Threads); n != 3 || err != nil {
		return phc{}, errPHC
	}
	if !costs.sane() {
		return phc{}, errPHC
	}
	var err1, err2 error
	p.salt, err1 = base64.RawStdEncoding.DecodeString(parts[4])
	p.hash, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(p.salt) < 8 || len(p.salt) > 64 || len(p.hash) < 16 || len(p.hash) > 64 {
		return phc{}, errPHC
	}
	return p, nil
}

func (p Params) sane() bool {
	return p.Threads >= 1 && p.Threads <= 16 && p.Time >= 1 && p.Time <= maxTime &&
		p.MemoryKiB >= 8*uint32(p.Threads) && p.MemoryKiB <= maxMemoryKiB
}
