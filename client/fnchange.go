package client

import (
	"context"
	"net/http"
	"time"
)

// NewDriveChange begins the replacement of a fiscal drive (FN).
type NewDriveChange struct {
	Device string `json:"device"`
	Case   string `json:"case,omitempty"`
	Reason string `json:"reason" enum:"term,full,unfit,broken"`
}

// DriveChange is the replacement of a fiscal drive as it stands.
type DriveChange struct {
	ID         string      `json:"id"`
	Device     string      `json:"device"`
	Client     string      `json:"client"`
	Case       string      `json:"case,omitempty"`
	Reason     string      `json:"reason" enum:"term,full,unfit,broken"`
	State      string      `json:"state" enum:"current,done,support,stopped"`
	OldDrive   string      `json:"oldDrive"`
	NewDrive   string      `json:"newDrive,omitempty"`
	Steps      []DriveStep `json:"steps"`
	Hindrances []string    `json:"hindrances" doc:"What the last reading says against going on."`
	CanRun     bool        `json:"canRun" doc:"The machine can do the current step."`
	WouldSend  []string    `json:"wouldSend" doc:"The bytes of a dry run."`
	ReadAt     time.Time   `json:"readAt,omitzero"`
	KeepUntil  time.Time   `json:"keepUntil,omitzero" doc:"Until when the old drive must be kept."`
	StartedBy  Actor       `json:"startedBy"`
	CreatedAt  time.Time   `json:"createdAt"`
	EndedAt    time.Time   `json:"endedAt,omitzero"`
	Version    int64       `json:"version"`
}

// DriveStep is one step of a replacement.
type DriveStep struct {
	Step      string      `json:"step" enum:"shift,sent,archive,farewell,claim,swap,register,operator,office,keep"`
	State     string      `json:"state" enum:"waiting,current,running,done"`
	Procedure string      `json:"procedure,omitempty" doc:"What the machine could do."`
	Provable  bool        `json:"provable" doc:"A reading can prove it."`
	Due       time.Time   `json:"due,omitzero" doc:"By law."`
	At        time.Time   `json:"at,omitzero"`
	By        string      `json:"by,omitempty" doc:"Left out: the register's reading proved it."`
	Told      bool        `json:"told,omitempty" doc:"A person's word, where a reading would have been the proof."`
	Note      string      `json:"note,omitempty"`
	Proof     *DriveProof `json:"proof,omitempty"`
	Command   string      `json:"command,omitempty"`
	Code      string      `json:"code,omitempty" doc:"Why the machine's last try failed."`
}

// DriveProof is what a reading said.
type DriveProof struct {
	At       time.Time `json:"at"`
	Drive    string    `json:"drive,omitempty"`
	Phase    int64     `json:"phase,omitempty"`
	Unsent   int64     `json:"unsent"`
	Document int64     `json:"document,omitempty" doc:"Number of the last fiscal document."`
	Made     time.Time `json:"made,omitzero"`
	Sign     string    `json:"sign,omitempty"`
}

// DriveRun has the machine do the current step.
type DriveRun struct {
	Step    string `json:"step"`
	Version int64  `json:"version"`
	Consent bool   `json:"consent" doc:"The shop agreed."`
}

// DriveSaid is a person's word that the current step is done.
type DriveSaid struct {
	Step    string `json:"step"`
	Version int64  `json:"version"`
	Note    string `json:"note,omitempty" maxLength:"500"`
}

// StartDriveChange begins a replacement.
func (a *API) StartDriveChange(ctx context.Context, n NewDriveChange) (DriveChange, error) {
	return send[DriveChange](ctx, a, http.MethodPost, "/fn-changes", n)
}

// DriveChange reads a replacement as it stands.
func (a *API) DriveChange(ctx context.Context, change string) (DriveChange, error) {
	return get[DriveChange](ctx, a, "/fn-changes/"+id(change))
}

// DriveChanges are the replacements of a device, "" = of all, the newest first.
func (a *API) DriveChanges(ctx context.Context, device string) ([]DriveChange, error) {
	return one[DriveChange](ctx, a, query{}.text("device", device).on("/fn-changes"))
}

// RunDriveChange has the machine do the current step.
func (a *API) RunDriveChange(ctx context.Context, change string, in DriveRun) (DriveChange, error) {
	return send[DriveChange](ctx, a, http.MethodPost, "/fn-changes/"+id(change)+"/run", in)
}

// SayDriveChange says that the current step is done.
func (a *API) SayDriveChange(ctx context.Context, change string, in DriveSaid) (DriveChange, error) {
	return send[DriveChange](ctx, a, http.MethodPost, "/fn-changes/"+id(change)+"/say", in)
}
