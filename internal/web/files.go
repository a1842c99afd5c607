package web

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/picture"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// smallSide is the longer side of a thumbnail, in pixels: twice what the
// timeline shows, for dense screens.
const smallSide = 480

// maxForm is a form with one file in it.
const maxForm = files.MaxSize + 64<<10

func (w *Web) mountFiles(mux Mux) {
	p := &filePages{Web: w, drawing: make(chan struct{}, 1)}
	mux.Handle("POST /cases/{id}/files", taking(maxForm, w.Guard.SignedIn(w.Guard.Require(scope.WorkCases)(http.HandlerFunc(p.attach)))))
	sees := w.Guard.Require(scope.SeeCases) // files are cases' alone
	mux.Handle("GET /files/{id}", sees(http.HandlerFunc(p.serve)))
	mux.Handle("GET /files/{id}/small", sees(http.HandlerFunc(p.small)))
}

// filePages take and give files. drawing lets one thumbnail be made at a time:
// a large photograph needs much memory for a moment.
type filePages struct {
	*Web
	drawing chan struct{}
}

// attach puts a file to a case; both or neither.
func (p *filePages) attach(rw http.ResponseWriter, r *http.Request) {
	rq := p.request(rw, r)
	id := r.PathValue("id")
	if err := p.attached(r.Context(), rq, id); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			err = problem.New(problem.TooLarge, "files_too_large").With("most", files.MaxSize>>20)
		}
		p.refuse(rq, err)
		return
	}
	rq.send(answer{goTo: "/cases/" + id})
}

// refuse says what is wrong with a file beside its button, whatever the status,
// or on a page of its own where there are no scripts.
func (p *filePages) refuse(rq *request, err error) {
	if pr := problem.Of(err); pr != nil && pr.Kind != problem.Internal && rq.live {
		rq.send(answer{body: ui.Notice(rq.View, ui.NoticeProps{Tone: ui.ToneCare, Title: rq.Problem(pr)})})
		return
	}
	p.fail(rq, err)
}

func (p *filePages) attached(ctx context.Context, rq *request, id string) error {
	c, err := p.Desk.View(ctx, rq.sc, id)
	if err != nil {
		return err
	}
	form, err := rq.MultipartReader()
	if err != nil {
		return problem.New(problem.Malformed, "malformed").In("web.files").Because(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return problem.New(problem.Invalid, "files_empty")
		}
		if err != nil {
			return err
		}
		if part.FormName() != "file" {
			continue
		}
		u := files.Upload{Owner: files.Owner{Area: "case", ID: id}, Client: c.Client, Name: part.FileName(), Data: part}
		_, err = p.Files.Add(ctx, rq.sc, u, func(tx *db.Tx, f files.File) error {
			return p.Desk.Record(ctx, tx, rq.sc, id, desk.EntryFile, map[string]any{
				"file": f.ID, "name": f.Name, "media": f.Media, "size": f.Size,
			})
		})
		return err
	}
}

// serve gives a file as it was sent. Whatever it holds, a browser takes it for
// nothing but a picture, a paper or plain words, and runs none of it.
func (p *filePages) serve(rw http.ResponseWriter, r *http.Request) {
	rq := p.request(rw, r)
	f, data, err := p.Files.Open(r.Context(), rq.sc, r.PathValue("id"))
	if err != nil {
		p.fail(rq, err)
		return
	}
	defer func() { _ = data.Close() }()
	how := "attachment"
	if f.Image() {
		how = "inline"
	}
	h := rw.Header()
	h.Set("Content-Type", f.Media)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	http.ServeContent(rw, r, "", f.At, data)
}

// small gives a picture's thumbnail, or the picture where none can be made.
func (p *filePages) small(rw http.ResponseWriter, r *http.Request) {
	rq := p.request(rw, r)
	f, data, err := p.Files.Open(r.Context(), rq.sc, r.PathValue("id"))
	if err != nil {
		p.fail(rq, err)
		return
	}
	defer func() { _ = data.Close() }()
	if !f.Image() {
		p.fail(rq, problem.New(problem.NotFound, "not_found").In("web.files"))
		return
	}
	out, err := p.draw(r.Context(), data)
	if err != nil {
		http.Redirect(rw, r, "/files/"+f.ID, http.StatusFound)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	http.ServeContent(rw, r, "", f.At, bytes.NewReader(out))
}

// draw makes the thumbnail, within a few seconds or not at all.
func (p *filePages) draw(ctx context.Context, r io.Reader) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	select {
	case p.drawing <- struct{}{}:
		defer func() { <-p.drawing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	raw, err := io.ReadAll(io.LimitReader(r, files.MaxSize))
	if err != nil {
		return nil, err
	}
	img, info, err := picture.Decode(ctx, raw)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture.Shrink(img, info.Turn, smallSide), &jpeg.Options{Quality: 80}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
