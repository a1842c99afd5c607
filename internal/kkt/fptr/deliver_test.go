package fptr_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	sim "github.com/tillwright/tillwright/internal/sim/fptr"
)

func delivery(uuid string) kkt.Procedure {
	return kkt.Procedure{Name: kkt.ProcCorrection, Raw: fptr.Delivery{UUID: uuid, Task: outage().Task()}.Raw()}
}

func question(uuid string) kkt.Procedure {
	return kkt.Procedure{Name: kkt.ProcOutcome, Raw: fptr.Delivery{UUID: uuid, Task: outage().Task()}.Raw()}
}

// TestADeliveryTellsWhatWasRegistered: the document's number and, out of the
// drive, its total; delivered again under the same UUID it is the same one.
func TestADeliveryTellsWhatWasRegistered(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 51})
	d := dial(t, s, clk)
	uuid := ids.New()
	for range 2 {
		list, err := d.Do(t.Context(), delivery(uuid))
		if err != nil {
			t.Fatal(err)
		}
		o, kept, err := fptr.Delivered(list)
		if err != nil || !o.Made || o.Fiscal.Document != s.State().FN.LastDocument || kept != (fptr.Kept{Total: 25_050, Operation: fptr.Income}) {
			t.Errorf("%+v of %+v: %v", o, kept, err)
		}
	}
	list, err := d.Do(t.Context(), question(uuid))
	if err != nil {
		t.Fatal(err)
	}
	if o, kept, err := fptr.Delivered(list); err != nil || !o.Made || kept.Total != 25_050 {
		t.Errorf("asked later: %+v of %+v: %v", o, kept, err)
	}
	if n := s.CarriedOut(uuid); n != 1 {
		t.Errorf("made %d times", n)
	}
}

// TestAReturnOfAPowerCutIsRegisteredAsOne: the register has it as money that
// went out, and the drive tells so.
func TestAReturnOfAPowerCutIsRegisteredAsOne(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 53})
	d := dial(t, s, clk)
	c := outage()
	c.Operation = fptr.IncomeReturn
	raw := fptr.Delivery{UUID: ids.New(), Task: c.Task()}.Raw()
	list, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCorrection, Raw: raw})
	if err != nil {
		t.Fatal(err)
	}
	o, kept, err := fptr.Delivered(list)
	if err != nil || !o.Made || kept != (fptr.Kept{Total: 25_050, Operation: fptr.IncomeReturn}) {
		t.Errorf("%+v %+v: %v", o, kept, err)
	}
	if n := s.State().Executed["sellReturnCorrection"]; n != 1 {
		t.Errorf("carried out %d times", n)
	}
}

func TestWhatIsNoDelivery(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 52})
	d := dial(t, s, clk)
	for name, p := range map[string]kkt.Procedure{
		"a sale":       {Name: kkt.ProcCorrection, Raw: fptr.Delivery{UUID: ids.New(), Task: []byte(`{"type":"sell"}`)}.Raw()},
		"no UUID":      {Name: kkt.ProcCorrection, Raw: fptr.Delivery{Task: outage().Task()}.Raw()},
		"not JSON":     {Name: kkt.ProcCorrection, Raw: []byte("!")},
		"nothing":      {Name: kkt.ProcOutcome},
		"a long UUID":  {Name: kkt.ProcOutcome, Raw: fptr.Delivery{UUID: strings.Repeat("a", 65), Task: outage().Task()}.Raw()},
		"a closed day": {Name: kkt.ProcCorrection, Raw: fptr.Delivery{UUID: ids.New(), Task: []byte(`{"type":"closeShift"}`)}.Raw()},
	} {
		if list, err := d.Do(t.Context(), p); !errors.Is(err, kkt.ErrUnsupported) || len(list) != 0 {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}

func TestARefusedDeliveryKeepsTheRefusal(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 53})
	d := dial(t, s, clk)
	if err := s.Inject(sim.FaultNoPaper); err != nil {
		t.Fatal(err)
	}
	list, err := d.Do(t.Context(), delivery(ids.New()))
	var refused *kkt.RefusalError
	if !errors.As(err, &refused) || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	if o, _, err := fptr.Delivered(list); err != nil || o.Made || !o.Final() || o.Code != refused.Code {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestALostDeliveryIsAskedFor: one that was never posted is not known, and one
// whose UUID went to a harmless task was never made.
func TestALostDeliveryIsAskedFor(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 54})
	d := dial(t, s, clk)
	list, err := d.Do(t.Context(), question(ids.New()))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := fptr.Delivered(list); !errors.Is(err, fptr.ErrNoTask) {
		t.Errorf("never posted: %v", err)
	}
	uuid := ids.New()
	resp, err := http.Post("http://"+s.Addr()+"/api/v2/requests", "application/json", strings.NewReader(`{"uuid":"`+uuid+`","request":[{"type":"getDeviceInfo"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if list, err = d.Do(t.Context(), delivery(uuid)); !errors.Is(err, kkt.ErrNoAnswer) {
		t.Fatalf("a spent UUID: %v", err)
	}
	if _, _, err := fptr.Delivered(list); !errors.Is(err, fptr.ErrSpent) || s.CarriedOut(uuid) > 1 {
		t.Errorf("%v; carried out %d times", err, s.CarriedOut(uuid))
	}
	list, err = d.Do(t.Context(), question(uuid))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := fptr.Delivered(list); !errors.Is(err, fptr.ErrSpent) {
		t.Errorf("asked for: %v", err)
	}
}

// TestWhatNobodyFoundOut: the service does not look after the corrections of
// returns, so an error without a link says nothing about the document.
func TestWhatNobodyFoundOut(t *testing.T) {
	t.Parallel()
	lost := []byte(`{"status":"error","error":{"code":2,"description":"no link"}}`)
	for task, want := range map[string]error{`{"type":"sellReturnCorrection"}`: kkt.ErrUnknownOutcome, `{"type":"sellCorrection"}`: nil} {
		for _, sent := range []string{task, `{"uuid":"u","task":` + task + `}`} {
			o, _, err := fptr.Delivered([]kkt.Exchange{{Sent: []byte(sent), Got: lost}})
			if !errors.Is(err, want) || o.Made || o.Final() != (want == nil) {
				t.Errorf("%s: %+v, %v", sent, o, err)
			}
		}
	}
}

// FuzzDelivered: whatever an agent brings, a document is said to be made only
// when the service said so.
func FuzzDelivered(f *testing.F) {
	f.Add([]byte(`{"status":"ready","result":{"fiscalParams":{"fiscalDocumentNumber":7,"fiscalDocumentDateTime":"2026-03-10T12:00:00+03:00"}}}`), []byte(`{"status":"ready","result":{"documentTLV":{"1040":7,"1012":"2026-03-10T12:00:00+03:00","1077":"310400000001","qr":"t=1&s=10.50&n=1"}}}`), "")
	f.Add([]byte(`{"status":"canceled"}`), []byte(nil), "uuid_spent")
	f.Fuzz(func(t *testing.T, first, second []byte, failure string) {
		o, kept, err := fptr.Delivered([]kkt.Exchange{{Got: first, Failure: failure}, {Got: second}})
		if o.Made && (err != nil || o.Fiscal.Document <= 0 || o.Status != fptr.StatusReady) || kept.Total < -1 || kept != (fptr.Kept{Total: -1}) && !o.Made {
			t.Errorf("%+v %+v %v", o, kept, err)
		}
	})
}
