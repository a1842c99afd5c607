package client

import (
	"context"
	"time"
)

// CaseFile is a photograph or a paper attached to a case.
type CaseFile struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Media  string    `json:"media" doc:"By its first bytes."`
	Size   int64     `json:"size" doc:"Bytes."`
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
}

// CaseFiles are the files of a case, the oldest first.
func (a *API) CaseFiles(ctx context.Context, ofCase string) ([]CaseFile, error) {
	return one[CaseFile](ctx, a, query{}.on("/cases/"+id(ofCase)+"/files"))
}
