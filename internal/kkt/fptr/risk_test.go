package fptr_test

import (
	"testing"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
)

func TestRiskOfTasksGivenByHand(t *testing.T) {
	t.Parallel()
	for task, want := range map[string]kkt.Risk{
		`{"type": "getFnInfo"}`:                                kkt.RiskRead,
		`{"type": "getFnDocument", "fiscalDocumentNumber": 3}`: kkt.RiskRead,
		`{"type": "sell"}`:                                     kkt.RiskDangerous,
		`{"type": "openCashDrawer"}`:                           kkt.RiskDangerous,
		`{"type": "sell", "type": "getFnInfo"}`:                kkt.RiskDangerous,
		`{"type": "sell", "TYPE": "getFnInfo"}`:                kkt.RiskDangerous,
		`{"Type": "getFnInfo"}`:                                kkt.RiskDangerous,
		`[{"type": "getFnInfo"}]`:                              kkt.RiskDangerous,
		`{"type": "getFnInfo"} {"type": "sell"}`:               kkt.RiskDangerous,
		`getFnInfo`:                                            kkt.RiskDangerous,
		``:                                                     kkt.RiskDangerous,
	} {
		if got := (fptr.Protocol{}).RiskOf([]byte(task)); got != want {
			t.Errorf("%s: %s, want %s", task, got, want)
		}
	}
}
