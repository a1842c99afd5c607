package api

import (
	"strconv"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/powercut"
)

func summaryOf(s powercut.Summary) client.PowerCut {
	out := journalOf(&s.Journal)
	out.Count, out.Made, out.Total, out.Returned = s.Settlements, s.Made, s.Total, s.Returned
	return out
}

func journalOf(j *powercut.Journal) client.PowerCut {
	return client.PowerCut{
		ID: j.ID, Client: j.Client, Outlet: j.Outlet, Device: j.Device, Case: j.Case, State: string(j.State), Stopped: j.Stopped, StoppedAt: j.StoppedAt,
		PowerCutAbout: client.PowerCutAbout{Reason: string(j.Reason), Note: j.Note, From: j.From, To: j.To},
		StartedBy:     actorOf(j.StartedBy), CreatedAt: j.CreatedAt, ClosedAt: j.ClosedAt, ClosedBy: j.ClosedBy, Verdict: j.Verdict, Version: j.Version,
	}
}

func powerCutOf(voice i18n.Voice, v *powercut.View) client.PowerCut {
	out := journalOf(&v.Journal)
	out.CanSend, out.Equal, out.Count = v.Place.CanSend(), v.Balance.Equal(), len(v.Settlements)
	out.Made = len(v.Settlements) - v.Balance.Open
	out.Settlements = each(v.Settlements, settlementOf)
	sums := v.Tally()
	out.Total, out.Returned = sums.Net(), sums.Returned
	for i := range v.Drafts {
		out.Drafts = append(out.Drafts, correctionOf(voice, &v.Drafts[i]))
	}
	out.Balance = each(v.Balance.Rows, func(r powercut.BalanceRow) client.PowerCutRow {
		return client.PowerCutRow{
			Operation: int(r.Operation), Settlements: r.Settlements, Journal: r.Journal, Documents: r.Documents, Registered: r.Registered, Difference: r.Difference(),
		}
	})
	return out
}

func settlementOf(s powercut.Settlement) client.PowerCutSettlement {
	return client.PowerCutSettlement{
		ID: s.ID, No: s.No, Total: s.Total, By: s.By, EnteredAt: s.EnteredAt, Draft: s.Draft, Version: s.Version,
		PowerCutForm: client.PowerCutForm{
			At: s.At, Operation: int(s.Operation), Note: s.Note,
			Items: each(s.Items, func(it powercut.Item) client.PowerCutItem {
				return client.PowerCutItem{
					Name: it.Name, Price: it.Price, Quantity: it.Quantity, Amount: it.Amount, VAT: int(it.VAT), Object: int(it.Object), Unit: int(it.Unit),
					Mark: it.Mark,
				}
			}),
			Payments: each(s.Payments, func(p fptr.Payment) client.PowerCutPayment {
				return client.PowerCutPayment{Kind: string(p.Kind), Sum: p.Sum}
			}),
		},
	}
}

func correctionOf(voice i18n.Voice, d *powercut.DraftView) client.PowerCutDraft {
	out := client.PowerCutDraft{
		ID: d.ID, No: d.No, State: string(d.State), UUID: d.UUID, Settlements: d.Of, Operation: int(d.Correction.Operation), Date: d.Correction.Date.Format(time.DateOnly),
		Total: d.Correction.Total, Ground: d.Ground, Code: d.Code, Refusal: d.Refusal, Command: d.Command,
		MarksLost: d.MarksLost, Marks: each(d.Marks, func(m fptr.MarkCheck) client.PowerCutMark { return client.PowerCutMark(m) }),
		Findings: each(d.Findings, func(f powercut.Finding) client.PowerCutFinding { return forbidOf(voice, f) }),
	}
	if s := d.Said; s != nil {
		out.Said = &client.PowerCutSaid{
			Document: s.Document, Sign: s.Sign, At: s.At, Sum: s.Sum, Operation: int(s.Operation), Drive: s.Drive, Shift: s.Shift, NotPrinted: s.NotPrinted, By: s.By,
		}
	}
	return out
}

func forbidOf(voice i18n.Voice, f powercut.Finding) client.PowerCutFinding {
	out := client.PowerCutFinding{Code: f.Code(), Item: f.Item()}
	if f.Field != nil {
		out.Name, out.Text = f.Field.Name, voice.Field(f.Field.Code, f.Field.Args)
		return out
	}
	pairs := []any{"tag", strconv.Itoa(int(f.FFD.Tag))}
	for k, s := range f.FFD.Args {
		pairs = append(pairs, k, s)
	}
	out.Tag, out.Text = int(f.FFD.Tag), voice.T(f.FFD.Key(), pairs...)
	return out
}
