package web

import (
	"context"
	"net/url"
	"strings"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// photoLinesRunes bounds what is taken over from a photograph: it stands in an
// address, so that the answer can be shared.
const photoLinesRunes = 1000

// faultPhoto makes a question of the writing on a photograph, line by line. The
// photograph itself is not kept.
func (w *Web) faultPhoto(ctx context.Context, rq *request) (answer, error) {
	if !w.readsPhotos() {
		return answer{}, problem.New(problem.NotFound, "not_found").In("web.faultPhoto")
	}
	file, err := photoPart(rq.Request)
	var text string
	if err == nil {
		text, err = w.Photos.Read(ctx, file, string(rq.Lang()))
	}
	if pr := problem.Of(err); pr != nil && pr.Kind != problem.Internal && rq.live { // said beside the button, whatever its status
		return show(ui.Notice(rq.View, ui.NoticeProps{Tone: ui.ToneCare, Title: rq.Problem(pr)}))
	}
	if err != nil {
		return answer{}, err
	}
	q := []rune(strings.TrimSpace(text))
	return goTo("/faults?" + url.Values{"read": {"1"}, "q": {string(q[:min(len(q), photoLinesRunes)])}}.Encode())
}

// oneLine is a text of several lines for a field that has one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
