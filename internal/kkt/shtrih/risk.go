package shtrih

import "github.com/tillwright/tillwright/internal/kkt"

// RiskOf is the risk of a command given by hand: the list of those that only
// read is fixed, everything else is dangerous.
func (p *Protocol) RiskOf(command []byte) kkt.Risk {
	if s := find(unwrapped(command)); s.risk == kkt.RiskRead {
		return kkt.RiskRead
	}
	return kkt.RiskDangerous
}

// forbidden says whether a command is never sent, whoever asks: it gives the
// register another serial number (FE F1, 60), leaves it without firmware (FE
// ED), or wipes register or drive (27, FF 07). None of them can be undone
// without the maker.
func forbidden(command []byte) bool {
	switch s := find(command); s.name {
	case "service_serial", "enter_serial", "service_firmware_mode", "general_reset", "fn_reset":
		return true
	default:
		return false
	}
}
