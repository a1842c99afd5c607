package web

import (
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func fixOf(t *testing.T, id, step string, log ...faults.Event) fixView {
	t.Helper()
	shipped, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	a, _ := shipped.Get(id)
	s, _ := a.Step(step)
	if s == nil {
		t.Fatalf("%s has no step %s", id, step)
	}
	v := fixView{View: faults.View{Article: a, Step: s, Log: log}}
	v.Session.State = faults.Active
	return v
}

// TestAStepWithoutACommandIsNamed: the page says what the walk has gone past
// and why, as long as nothing else has happened since.
func TestAStepWithoutACommandIsNamed(t *testing.T) {
	t.Parallel()
	answered, shared := faults.Event{Kind: faults.Answered, Step: "seen"}, faults.Event{Kind: faults.Shared}
	passed := faults.Event{Kind: faults.ByHand, Step: "info", Detail: faults.Detail{Code: faults.RegisterCannot}}
	chosen := faults.Event{Kind: faults.ByHand, Step: "info"}
	for name, c := range map[string]struct {
		log  []faults.Event
		says bool
	}{
		"nothing happened":          {nil, false},
		"gone past":                 {[]faults.Event{answered, passed}, true},
		"and a link was given out":  {[]faults.Event{answered, passed, shared}, true},
		"and answered since":        {[]faults.Event{passed, answered}, false},
		"a person chose to do this": {[]faults.Event{answered, chosen}, false},
	} {
		got := fixOf(t, "fn-212-wrong-state", "archive", c.log...).passedBy(english(t))
		if says := strings.Contains(got, "We print the facts about register and FN"); says != c.says || (got != "") != c.says {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestByHandComesForwardWhereTheMachineHasNoWay: and nothing can be run.
func TestByHandComesForwardWhereTheMachineHasNoWay(t *testing.T) {
	t.Parallel()
	v := fixOf(t, "ofd-no-exchange", "test")
	v.Session.Device, v.CanByHand, v.CanRun, v.CanHandOver = "d", true, true, true
	if byHandLook(v) != ui.LookNormal || v.machine(english(t)).Button == "" {
		t.Error("a step that the machine can do is not offered")
	}
	v.CanRun, v.Blocked = false, faults.CannotCode
	if byHandLook(v) != ui.LookMain || handOverLook(v) != ui.LookNormal || v.machine(english(t)).Button != "" {
		t.Error("a step that the register cannot do is offered, or its way by hand is not put forward")
	}
	v.CanByHand = false
	if handOverLook(v) != ui.LookMain {
		t.Error("the only way out is not put forward")
	}
}

// TestTheArticleSaysWhatARegisterCannotDo beside the device that it is read for.
func TestTheArticleSaysWhatARegisterCannotDo(t *testing.T) {
	t.Parallel()
	v := english(t)
	step := catalogue.Step{ID: "s", Machine: &catalogue.MachineStep{Procedure: kkt.ProcOFDTest, Risk: kkt.RiskChange}}
	cannot := v.T("problem." + faults.CannotCode)
	if got := machineText(v, articleView{}, step); got == cannot {
		t.Error("no register, and it cannot")
	}
	some := articleView{device: &registry.Device{}, plans: map[string][]ui.ByteLine{}}
	if got := machineText(v, some, step); got != cannot {
		t.Errorf("it says %q", got)
	}
	some.plans["s"] = []ui.ByteLine{{Bytes: []byte{0x48}}}
	if got := machineText(v, some, step); got == cannot {
		t.Error("it can, and it is said that it cannot")
	}
}
