package web

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// How much a stranger may send: a form, and a photograph with its form around
// it.
const (
	maxHelpForm  = 256 << 10
	maxHelpPhoto = 13 << 20
)

// photoQuestionRunes bounds the question that is made of a photograph: it
// stands in an address.
const photoQuestionRunes = 400

// strangersMost is how large a stranger's body may be: what no photograph is
// asked for is smaller than a form of the company's own people.
func strangersMost(path string) int64 {
	if strings.HasSuffix(path, "/photo") {
		return maxHelpPhoto
	}
	return maxHelpForm
}

func (w *Web) readsPhotos() bool { return w.Photos != nil && w.Photos.Available() }

// photo makes a question of the writing on a photograph. The photograph itself
// is not kept.
func (p *helpPages) photo(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	if !p.readsPhotos() {
		return answer{}, problem.New(problem.NotFound, "not_found").In("web.help.photo")
	}
	text, err := p.readPhoto(ctx, rq)
	if pr := problem.Of(err); pr != nil && pr.Kind != problem.Internal && rq.live { // said beside the button, whatever its status
		return show(ui.Notice(rq.View, ui.NoticeProps{Tone: ui.ToneCare, Title: rq.Problem(pr)}))
	}
	if err != nil {
		return answer{}, err
	}
	q := photoQuestion(text)
	if q == "" {
		return goTo(room.base + "?" + url.Values{"photo": {"empty"}}.Encode())
	}
	return goTo(room.helpURL("", q))
}

func (p *helpPages) readPhoto(ctx context.Context, rq *request) (string, error) {
	file, err := photoPart(rq.Request)
	if err != nil {
		return "", err
	}
	return p.Photos.Read(ctx, file, string(rq.Lang()))
}

// photoPart is the form's photograph as it comes in: it is not put on disk.
func photoPart(r *http.Request) (io.Reader, error) {
	none := problem.New(problem.Malformed, "malformed").In("web.photoPart")
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, none.Because(err)
	}
	for range 8 {
		var part *multipart.Part
		if part, err = parts.NextPart(); err != nil {
			break
		}
		if part.FormName() == "photo" {
			return part, nil
		}
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, problem.New(problem.TooLarge, "too_large").In("web.photoPart")
	}
	return nil, none.Because(err)
}

// namesError are words beside which a screen or a receipt names what is wrong.
var namesError = regexp.MustCompile(`(?i)ошиб|сбой|код|error|fail|code|fehler|störung|[-−(]\d{3,4}`)

// photoQuestion is the writing as a question: on one line, the lines that name
// an error first, because only so much fits.
func photoQuestion(text string) string {
	lines := strings.Split(text, "\n")
	slices.SortStableFunc(lines, func(a, b string) int {
		switch ta, tb := namesError.MatchString(a), namesError.MatchString(b); {
		case ta == tb:
			return 0
		case ta:
			return -1
		default:
			return 1
		}
	})
	q := []rune(strings.Join(strings.Fields(strings.Join(lines, " ")), " "))
	return strings.TrimSpace(string(q[:min(len(q), photoQuestionRunes)]))
}
