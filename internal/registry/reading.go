package registry

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// maxReading bounds what a register may say of itself, in characters.
const maxReading = 64

// Reading is what a register told about itself; "" is what it did not tell.
type Reading struct {
	Serial, Model, Firmware string
	RegNumber, FNSerial     string
	FFD                     string
}

// learnt is one thing that a reading can teach.
type learnt struct {
	name string
	told string
	has  *string
	note PassportKind // "" = the passport does not care
	also bool         // the first value is worth an entry too
}

func (r Reading) teaches(d *Device) []learnt {
	return []learnt{
		{"serial", r.Serial, &d.Serial, Identity, false},
		{"model", r.Model, &d.Model, "", false},
		{"firmware", r.Firmware, &d.Firmware, FirmwareChange, false},
		{"reg_number", r.RegNumber, &d.RegNumber, Registration, false},
		{"fn_serial", r.FNSerial, &d.FNSerial, FNChange, true}, // every FN a register had is its history
		{"ffd", r.FFD, &d.FFD, "", false},
	}
}

// news are those that differ from what is known and can be believed.
func (r Reading) news(d *Device) []learnt {
	return slices.DeleteFunc(r.teaches(d), func(l learnt) bool {
		return l.told == "" || l.told == *l.has || !readable(l.told)
	})
}

// readable says whether a text from outside may be kept: short and without
// control characters.
func readable(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxReading && strings.TrimSpace(s) == s &&
		!strings.ContainsFunc(s, unicode.IsControl)
}

// UpdateFromReading takes over what a register tells about itself. A serial
// number other than the known one is an identity entry in the passport, for a
// person to look at; a new FN, firmware or registration is entered too. It
// is for the program and for the agent that reads the device, returns the
// names of what changed, and costs one query when nothing did. A value that is
// too long or holds control characters is passed over.
func (s *Service) UpdateFromReading(ctx context.Context, sc scope.Scope, device string, told Reading) (changed []string, err error) {
	const op = "registry.UpdateFromReading"
	r, err := see(sc, op)
	if err != nil {
		return nil, err
	}
	if kind := sc.Actor().Kind; kind != scope.ByAgent && kind != scope.BySystem {
		return nil, problem.New(problem.Forbidden, "forbidden").In(op)
	}
	var known Device
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		known, err = loadDevice(ctx, tx, r, device, op)
		return err
	})
	if err != nil || len(told.news(&known)) == 0 {
		return nil, err
	}
	// The register spoke, not a person: the program answers for the change.
	system := scope.System(sc.Tenant(), "reading")
	_, err = s.changeDevice(ctx, system, r, device, 0, "device.read", op, func(tx *db.Tx, d *Device) (Change, error) {
		changed = nil
		for _, l := range told.news(d) {
			changed = append(changed, l.name)
			if l.note != "" && (*l.has != "" || l.also) {
				detail := map[string]string{"field": l.name, "from": *l.has, "to": l.told}
				if err := enter(ctx, tx, system, PassportEntry{Device: device, Kind: l.note, At: tx.Now, Detail: detail}); err != nil {
					return "", err
				}
			}
			*l.has = l.told
		}
		if len(changed) == 0 {
			return "", nil
		}
		return Changed, nil
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}
