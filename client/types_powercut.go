package client

import "time"

// NewPowerCut begins the journal of the operations that a shop makes while its
// register cannot be used.
type NewPowerCut struct {
	Device string `json:"device"`
	Case   string `json:"case,omitempty"`
	PowerCutAbout
}

// PowerCutAbout is what a person says of the breakdown.
type PowerCutAbout struct {
	Reason string    `json:"reason" enum:"power,breakdown,drive,software,mass"`
	Note   string    `json:"note,omitempty" maxLength:"500"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero" doc:"Left out: it lasts."`
}

// PowerCutEdit changes what was said of the breakdown.
type PowerCutEdit struct {
	Version int64 `json:"version"`
	PowerCutAbout
}

// PowerCutItem is one line of a settlement. Sums are kopecks.
type PowerCutItem struct {
	Name     string `json:"name" maxLength:"128"`
	Price    int64  `json:"price" doc:"Kopecks for one."`
	Quantity int64  `json:"quantity" doc:"Thousandths."`
	Amount   int64  `json:"amount,omitempty" doc:"Worked out from price and quantity; not read."`
	VAT      int    `json:"vat" minimum:"1" maximum:"12" doc:"Tag 1199. Must hold on the day of the settlement."`
	Object   int    `json:"object,omitempty" doc:"Tag 1212; left out: goods (1)."`
	Unit     int    `json:"unit,omitempty" doc:"Tag 2108; left out: pieces (0)."`
	Mark     string `json:"mark,omitempty" maxLength:"256" doc:"Marking code as it was scanned, with its separators (U+001D); left out: goods without one."`
}

// PowerCutPayment is one way in which a total was paid.
type PowerCutPayment struct {
	Kind string `json:"kind" enum:"cash,electronically,prepaid,credit,other"`
	Sum  int64  `json:"sum" doc:"Kopecks."`
}

// PowerCutForm is a settlement as a person writes it down.
type PowerCutForm struct {
	At        time.Time         `json:"at"`
	Operation int               `json:"operation" minimum:"1" maximum:"4" doc:"Tag 1054: 1 income, 2 its return, 3 expense, 4 its return."`
	Items     []PowerCutItem    `json:"items" nullable:"false"`
	Payments  []PowerCutPayment `json:"payments" nullable:"false" doc:"They add up to the sum of the items."`
	Note      string            `json:"note,omitempty" maxLength:"500"`
}

// PowerCutForms are settlements to be written down, all or none.
type PowerCutForms struct {
	Settlements []PowerCutForm `json:"settlements" nullable:"false" maxItems:"2000"`
}

// PowerCutChange writes a settlement anew.
type PowerCutChange struct {
	Version int64 `json:"version"`
	PowerCutForm
}

// PowerCutSettlement is one that went without a receipt.
type PowerCutSettlement struct {
	ID string `json:"id"`
	No int64  `json:"no"`
	PowerCutForm
	Total     int64     `json:"total" doc:"Kopecks."`
	By        string    `json:"by"`
	EnteredAt time.Time `json:"enteredAt"`
	Draft     string    `json:"draft,omitempty" doc:"The only correction that it is in."`
	Version   int64     `json:"version"`
}

// PowerCutPlan is how corrections are to be made.
type PowerCutPlan struct {
	FFD            string `json:"ffd" enum:"1.05,1.1,1.2" doc:"Of the register. 1.05 has sums, later ones have items."`
	Taxation       string `json:"taxation" enum:"osn,usnIncome,usnIncomeOutcome,envd,esn,patent"`
	Operator       string `json:"operator" doc:"Tag 1021."`
	OperatorINN    string `json:"operatorInn,omitempty" doc:"Tag 1203."`
	ByOrder        bool   `json:"byOrder,omitempty" doc:"Tag 1173: ordered by the tax service."`
	Number         string `json:"number,omitempty" maxLength:"32" doc:"Tag 1179, of the order."`
	OneTotal       bool   `json:"oneTotal,omitempty" doc:"One correction for each day and direction in place of one for each settlement: only after a mass technical failure (letters ЕД-4-20/24899, ЕД-4-20/25867)."`
	Ground         string `json:"ground,omitempty" maxLength:"500" doc:"What failed and where it was made known; due with oneTotal."`
	MarksUnchecked bool   `json:"marksUnchecked,omitempty" doc:"Send marking codes without having them checked first (FFD 1.2)."`
	Version        int64  `json:"version,omitempty" doc:"Of the journal that was seen."`
}

// PowerCutSend begins to make the corrections at the register.
type PowerCutSend struct {
	Version int64  `json:"version"`
	Consent string `json:"consent" doc:"Who at the shop agreed."`
}

// PowerCutCopy is what stands on a receipt that was made by hand.
type PowerCutCopy struct {
	Version  int64     `json:"version,omitempty"`
	Document int64     `json:"document" doc:"Tag 1040."`
	Sign     string    `json:"sign" doc:"Tag 1077."`
	At       time.Time `json:"at"`
	Sum      int64     `json:"sum" doc:"Kopecks."`
}

// PowerCutClose ends a journal.
type PowerCutClose struct {
	Version int64  `json:"version"`
	Verdict string `json:"verdict,omitempty" maxLength:"500" doc:"Why it is closed with a difference; due with one."`
}

// PowerCutSaid is what is known of a document that was made.
type PowerCutSaid struct {
	Document   int64     `json:"document"`
	Sign       string    `json:"sign"`
	At         time.Time `json:"at"`
	Sum        int64     `json:"sum" doc:"Kopecks; -1: the register did not tell it."`
	Operation  int       `json:"operation,omitempty" doc:"Tag 1054 as the drive keeps it; left out: it did not tell."`
	Drive      string    `json:"drive,omitempty"`
	Shift      int64     `json:"shift,omitempty"`
	NotPrinted bool      `json:"notPrinted,omitempty"`
	By         string    `json:"by,omitempty" doc:"Who copied it; left out: the register itself said so."`
}

// PowerCutFinding is one thing that forbids a correction to go.
type PowerCutFinding struct {
	Code string `json:"code"`
	Name string `json:"name,omitempty" doc:"The requisite by its path, when the register's rules found it."`
	Tag  int    `json:"tag,omitempty" doc:"When the format's rules found it."`
	Item int    `json:"item,omitempty" doc:"Which item, from 1; left out for the whole receipt."`
	Text string `json:"text"`
}

// PowerCutDraft is one correction receipt on its way.
type PowerCutDraft struct {
	ID          string            `json:"id"`
	No          int64             `json:"no"`
	State       string            `json:"state" enum:"prepared,asked,unknown,looking,refused,registered,by_hand"`
	UUID        string            `json:"uuid" doc:"What the register's service makes it under, once."`
	Settlements int               `json:"settlements"`
	Operation   int               `json:"operation"`
	Date        string            `json:"date" format:"date" doc:"Tag 1178."`
	Total       int64             `json:"total" doc:"Kopecks."`
	Ground      string            `json:"ground,omitempty"`
	Findings    []PowerCutFinding `json:"findings" doc:"What forbids it to go."`
	Code        string            `json:"code,omitempty" doc:"Why it is not made yet."`
	Refusal     int               `json:"refusal,omitempty" doc:"The register's own code."`
	Command     string            `json:"command,omitempty"`
	Said        *PowerCutSaid     `json:"said,omitempty"`
	Marks       []PowerCutMark    `json:"marks,omitempty" doc:"What the register found about the marking codes, in the order of the items that have one."`
	MarksLost   int               `json:"marksLost,omitempty" doc:"Marking codes that the receipt has no place for (FFD 1.05)."`
}

// PowerCutMark is what drive and marking system found about one marking code
// (bits 0 to 3 of tag 2106).
type PowerCutMark struct {
	Checked  bool   `json:"checked" doc:"The drive could check the code's proof."`
	Genuine  bool   `json:"genuine" doc:"The proof is right."`
	Answered bool   `json:"answered" doc:"The marking system answered."`
	Allowed  bool   `json:"allowed" doc:"By its books the piece may be sold, or returned."`
	Code     int    `json:"code,omitempty" doc:"The driver's code of a check that came to no end."`
	Text     string `json:"text,omitempty" doc:"The driver's own words for it."`
}

// PowerCutRow is the journal against the register in one direction.
type PowerCutRow struct {
	Operation   int   `json:"operation"`
	Settlements int   `json:"settlements"`
	Journal     int64 `json:"journal" doc:"Kopecks."`
	Documents   int   `json:"documents"`
	Registered  int64 `json:"registered" doc:"Kopecks."`
	Difference  int64 `json:"difference" doc:"Journal less registered."`
}

// PowerCut is a journal as it stands. In a list it has no settlements and no
// drafts.
type PowerCut struct {
	ID     string `json:"id"`
	Client string `json:"client"`
	Outlet string `json:"outlet"`
	Device string `json:"device"`
	Case   string `json:"case,omitempty"`
	PowerCutAbout
	State       string               `json:"state" enum:"open,sending,closed"`
	CanSend     bool                 `json:"canSend" doc:"The register's protocol makes corrections."`
	Stopped     string               `json:"stopped,omitempty" doc:"Why the sending stands."`
	StoppedAt   string               `json:"stoppedAt,omitempty" doc:"The draft that it stands at."`
	Count       int                  `json:"count" doc:"Settlements in it."`
	Made        int                  `json:"made" doc:"Settlements whose document exists."`
	Total       int64                `json:"total" doc:"Kopecks, of all settlements; what went back or out counts against what came in."`
	Returned    int64                `json:"returned" doc:"Kopecks that went back to buyers."`
	Settlements []PowerCutSettlement `json:"settlements,omitempty"`
	Drafts      []PowerCutDraft      `json:"drafts,omitempty"`
	Balance     []PowerCutRow        `json:"balance,omitempty"`
	Equal       bool                 `json:"equal" doc:"Every settlement has its document and the sums agree."`
	StartedBy   Actor                `json:"startedBy"`
	CreatedAt   time.Time            `json:"createdAt"`
	ClosedAt    time.Time            `json:"closedAt,omitzero"`
	ClosedBy    string               `json:"closedBy,omitempty" doc:"Left out: it closed itself, the sums being equal."`
	Verdict     string               `json:"verdict,omitempty"`
	Version     int64                `json:"version"`
}
