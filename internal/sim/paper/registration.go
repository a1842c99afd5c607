package paper

import "github.com/tillwright/tillwright/internal/ffd"

// registration is what the reports on a registration and on its change have in
// common (tables 15 and 87 of the order). The counters of totals (1157) that a
// replacement in 1.1 and 1.2 carries are not written: the bench has none.
func registration(h Holder, d Document) []ffd.Field {
	f := []ffd.Field{
		text(1013, h.Serial), text(1017, fill(h.OFDINN, 12)), text(1046, h.OFDName), num(1062, int64(h.Taxes)), text(1188, h.Firmware),
		num(1189, int64(h.format())), num(1001, 0), num(1002, 0), num(1056, 0),
	}
	f = append(f, conditions(h)...)
	if h.format() >= ffd.V110 {
		f = append(f, num(1190, int64(h.format())))
		f = append(f, keys(h, d)...)
	}
	if d.Form == Changed {
		f = append(f, replaced(h))
	}
	return f
}

// conditions are what the register is used for: a flag each, in 1.2 bits of
// one field. The bench's registers have none of them.
func conditions(h Holder) []ffd.Field {
	if h.format() == ffd.V120 {
		return []ffd.Field{num(1290, 0)}
	}
	return []ffd.Field{num(1108, 0), num(1109, 0), num(1110, 0), num(1221, 0)}
}

// replaced says that the registration changed because the drive was replaced:
// a code, since 1.1 the first bit of a mask.
func replaced(h Holder) ffd.Field {
	if h.format() == ffd.V105 {
		return num(1101, 1)
	}
	return num(1205, 1)
}

// keys tells how many days the drive's keys last; 1.05 does not ask.
func keys(h Holder, d Document) []ffd.Field {
	const longest = 1<<16 - 1
	if h.format() == ffd.V105 {
		return nil
	}
	return []ffd.Field{num(1213, min(d.KeyDays, longest))}
}
