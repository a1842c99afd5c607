package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/scope"
)

type attachIn struct {
	ID      string `path:"id"`
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

func (a *API) mountFiles() {
	handle(a, operation{
		id: "listCaseFiles", method: http.MethodGet, path: "/cases/{id}/files", tag: "cases", right: scope.SeeCases,
		summary: "Files of a case, the oldest first", about: "At most 50. The bytes are at /files/{id}, for whoever is signed in there or has a token.",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.List[client.CaseFile]], error) {
		if _, err := a.Desk.View(ctx, w.sc, in.ID); err != nil {
			return nil, err
		}
		list, err := a.Files.Of(ctx, w.sc, files.Owner{Area: "case", ID: in.ID})
		return said(listed(list, "", fileOf), err)
	})
	handle(a, operation{
		id: "attachCaseFile", method: http.MethodPost, path: "/cases/{id}/files", tag: "cases", right: scope.WorkCases, status: 201, conflicts: true,
		maxBody: files.MaxSize + 64<<10,
		summary: "Attach a photograph or a paper to a case", about: "JPEG, PNG, WebP, GIF, PDF or plain text up to 15 MiB; the type is told by the bytes.",
	}, func(ctx context.Context, w who, in *attachIn) (*answer[client.CaseFile], error) {
		c, err := a.Desk.View(ctx, w.sc, in.ID)
		if err != nil {
			return nil, err
		}
		sent := in.RawBody.Data().File
		f, err := a.Files.Add(ctx, w.sc, files.Upload{Owner: files.Owner{Area: "case", ID: in.ID}, Client: c.Client, Name: sent.Filename, Data: sent}, func(tx *db.Tx, f files.File) error {
			return a.Desk.Record(ctx, tx, w.sc, in.ID, desk.EntryFile, map[string]any{"file": f.ID, "name": f.Name, "media": f.Media, "size": f.Size})
		})
		if err != nil {
			return nil, err
		}
		return said(fileOf(f), nil)
	})
}

func fileOf(f files.File) client.CaseFile {
	return client.CaseFile{ID: f.ID, Name: f.Name, Media: f.Media, Size: f.Size, SHA256: f.Hash, At: f.At.UTC().Truncate(time.Millisecond), By: f.By}
}
