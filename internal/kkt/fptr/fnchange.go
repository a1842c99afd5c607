package fptr

import (
	"context"
	"encoding/json"
	"regexp"

	"github.com/tillwright/tillwright/internal/problem"
)

// The replacement of a drive, step by step: close the shift, CloseArchive
// (the old drive's last document), the hand that changes the drives, ChangeFN,
// and Registration to see that the register now says what it was told. Each
// step is one task under the caller's UUID, carried out at most once.

// CloseShift closes the shift with its report.
func (d *Driver) CloseShift(ctx context.Context, uuid string, o Operator) (Fiscal, error) {
	if err := checkOperator(o); err != nil {
		return Fiscal{}, err
	}
	return d.issue(ctx, uuid, signed(taskCloseShift, o))
}

// ReportExchange makes the document that tells how the settlements stand
// ("отчёт о текущем состоянии расчётов"); it goes to the OFD like any other.
func (d *Driver) ReportExchange(ctx context.Context, uuid string, o Operator) (Fiscal, error) {
	if err := checkOperator(o); err != nil {
		return Fiscal{}, err
	}
	return d.issue(ctx, uuid, signed(taskReport, o))
}

// CloseArchive ends the drive's fiscal mode for good. It cannot be undone: the
// drive signs nothing more, it only sends what is left and can be read.
func (d *Driver) CloseArchive(ctx context.Context, uuid string, o Operator) (Fiscal, error) {
	if err := checkOperator(o); err != nil {
		return Fiscal{}, err
	}
	return d.issue(ctx, uuid, signed(taskCloseArchive, o))
}

// ChangeFN registers the register anew with a new drive. The parameters are
// usually those that Registration read before the old drive was closed.
func (d *Driver) ChangeFN(ctx context.Context, uuid string, o Operator, r Registration) (Fiscal, error) {
	task, err := changeTask(o, r)
	if err != nil {
		return Fiscal{}, err
	}
	return d.issue(ctx, uuid, task)
}

func changeTask(o Operator, r Registration) (json.RawMessage, error) {
	if err := checkOperator(o); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	return encode(struct {
		Type     string   `json:"type"`
		Operator Operator `json:"operator"`
		Registration
	}{taskChangeFN, o, r}), nil
}

// The forms of numbers that the tax service gives.
var (
	innForm       = regexp.MustCompile(`^(\d{10}|\d{12})$`)
	personForm    = regexp.MustCompile(`^\d{12}$`)
	regNumberForm = regexp.MustCompile(`^\d{16}$`)
)

// check finds what the register would refuse after the drive is already being
// changed, when it is late.
func (r Registration) check() error {
	var f findings
	f.when(!innForm.MatchString(r.Organization.VATIN), "organization.vatin", "kkt_inn")
	f.must("organization.name", r.Organization.Name)
	f.when(len(r.Organization.TaxationTypes) == 0, "organization.taxationTypes", "required")
	for _, t := range r.Organization.TaxationTypes {
		f.when(!Taxation(t).known(), "organization.taxationTypes", "kkt_taxation")
	}
	f.when(!regNumberForm.MatchString(r.Device.RegistrationNumber), "device.registrationNumber", "reg_number_invalid")
	f.when(!FFD(r.Device.FFDVersion).known(), "device.ffdVersion", "kkt_ffd")
	if !r.Device.OfflineMode {
		f.when(!innForm.MatchString(r.OFD.VATIN), "ofd.vatin", "kkt_inn")
		f.must("ofd.name", r.OFD.Name)
		f.must("ofd.host", r.OFD.Host)
		f.when(r.OFD.Port < 1 || r.OFD.Port > 65535, "ofd.port", "kkt_port")
	}
	return f.problem("kkt_registration")
}

func checkOperator(o Operator) error {
	var f findings
	f.operator("operator", o)
	return f.problem("kkt_operator")
}

// findings collects the fields at fault.
type findings struct{ fields []problem.Field }

func (f *findings) when(wrong bool, name, code string) {
	if wrong {
		f.fields = append(f.fields, problem.Field{Name: name, Code: code})
	}
}

func (f *findings) must(name, value string) { f.when(trimmed(value) == "", name, "required") }

// upTo bounds a text in characters, as the requisites are bounded.
func (f *findings) upTo(name, value string, limit int) {
	if len([]rune(value)) > limit {
		f.fields = append(f.fields, problem.Field{Name: name, Code: "too_long", Args: map[string]any{"max": limit}})
	}
}

// operator: tag 1021 takes 64 characters, 1203 the ИНН of a person.
func (f *findings) operator(name string, o Operator) {
	f.must(name+".name", o.Name)
	f.upTo(name+".name", o.Name, 64)
	f.when(o.VATIN != "" && !personForm.MatchString(o.VATIN), name+".vatin", "kkt_inn")
}

func (f *findings) problem(code string) error {
	if len(f.fields) == 0 {
		return nil
	}
	p := problem.New(problem.Invalid, code).In("fptr")
	p.Fields = f.fields
	return p
}
