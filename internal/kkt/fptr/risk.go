package fptr

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tillwright/tillwright/internal/kkt"
)

// RiskOf is the risk of a task given by hand: the list of those that only read
// is fixed, everything else is dangerous. A task that says its type twice, or
// in other letters, may be read otherwise by the driver than here.
func (p Protocol) RiskOf(task []byte) kkt.Risk {
	if onlyReads(TypeOf(task)) && saysItsTypeOnce(task) {
		return kkt.RiskRead
	}
	return kkt.RiskDangerous
}

func saysItsTypeOnce(task []byte) bool {
	in := json.NewDecoder(bytes.NewReader(task))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	types := 0
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return false
		}
		if name, _ := key.(string); strings.EqualFold(name, "type") {
			types++
			if name != "type" {
				return false
			}
		}
		var value json.RawMessage
		if in.Decode(&value) != nil {
			return false
		}
	}
	return types == 1
}
