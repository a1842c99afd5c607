package web

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// maxTicketFiles is how many photographs a stranger may add to her request.
const maxTicketFiles = 5

// strangersDay is how many bytes all strangers together may send a company in a
// day. Without it they could fill the disk, and a full disk takes no reports.
const strangersDay = 512 << 20

// helpTicket is the page that tells a request's number.
type helpTicket struct {
	help.Ticket
	room   helpRoom
	once   string
	files  []files.File
	mayAdd bool
}

// ticketFiles are the photographs that came by the help page.
func (p *helpPages) ticketFiles(ctx context.Context, room helpRoom, t help.Ticket) ([]files.File, error) {
	all, err := p.Files.Of(ctx, desking(room.Scope()), files.Owner{Area: "case", ID: t.Case})
	var own []files.File
	for _, f := range all {
		if f.By == helpActor {
			own = append(own, f)
		}
	}
	return own, err
}

// helpActor is who a stranger's photographs are from.
const helpActor = "help"

// desking acts on the case of a stranger's request: the form's key vouches for
// her, and reaches no further than that case.
func desking(sc scope.Scope) scope.Scope { return scope.System(sc.Tenant(), helpActor) }

// addPhoto puts a photograph to the case of a request that was sent.
func (p *helpPages) addPhoto(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	once := rq.PathValue("once")
	err := p.addedPhoto(ctx, rq, room, once)
	if pr := problem.Of(err); pr != nil && pr.Kind != problem.Internal && rq.live { // said beside the button, whatever its status
		return show(ui.Notice(rq.View, ui.NoticeProps{Tone: ui.ToneCare, Title: rq.Problem(pr)}))
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(room.base + "/sent/" + url.PathEscape(once))
}

func (p *helpPages) addedPhoto(ctx context.Context, rq *request, room helpRoom, once string) error {
	t, err := p.Help.Ticket(ctx, room.Scope(), once)
	if err != nil {
		return err
	}
	had, err := p.ticketFiles(ctx, room, t)
	if err != nil {
		return err
	}
	if len(had) >= maxTicketFiles || !t.MayAdd(rq.Now) {
		return problem.New(problem.Conflict, "files_too_many").With("most", maxTicketFiles)
	}
	if err := p.dayLeft(ctx, room, rq.Now); err != nil {
		return err
	}
	part, err := photoPart(rq.Request)
	if err != nil {
		return err
	}
	name := ""
	if file, ok := part.(*multipart.Part); ok {
		name = file.FileName()
	}
	sc := desking(room.Scope())
	c, err := p.Desk.View(ctx, sc, t.Case)
	if err != nil {
		return err
	}
	u := files.Upload{Owner: files.Owner{Area: "case", ID: t.Case}, Client: c.Client, Name: name, Images: true, Data: part}
	_, err = p.Files.Add(ctx, sc, u, func(tx *db.Tx, f files.File) error {
		return p.Desk.Record(ctx, tx, sc, t.Case, desk.EntryFile, map[string]any{"file": f.ID, "name": f.Name, "media": f.Media, "size": f.Size})
	})
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problem.New(problem.TooLarge, "files_too_large").With("most", maxHelpPhoto>>20)
	}
	return err
}

// dayLeft refuses a photograph when strangers have sent too much already.
func (p *helpPages) dayLeft(ctx context.Context, room helpRoom, now time.Time) error {
	n, err := p.Files.Since(ctx, desking(room.Scope()), helpActor, now.Add(-24*time.Hour))
	if err == nil && n > strangersDay {
		err = problem.New(problem.TooMany, "too_many").With("seconds", int64(time.Hour/time.Second)).In("web.help.addPhoto")
	}
	return err
}
