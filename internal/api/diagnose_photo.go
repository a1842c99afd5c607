package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/ocr"
	"github.com/tillwright/tillwright/internal/problem"
)

// photographed is a question with a photograph.
type photographed struct {
	client.Question
	photo []byte
}

const (
	maxForm     = ocr.MaxPhoto + 64<<10 // the photograph and the other fields, bytes
	maxField    = 16 << 10              // one of the other fields, bytes
	uploadTime  = 2 * time.Minute       // for a photograph over a bad line
	formType    = "multipart/form-data"
	photoField  = "photo"
	binaryBytes = "binary" // OpenAPI's format for bytes
)

// photoBody tells of the form in the description.
func photoBody() *huma.RequestBody {
	text := func(doc string, words ...any) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Description: doc, Enum: words}
	}
	return &huma.RequestBody{Content: map[string]*huma.MediaType{formType: {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{photoField}, Properties: map[string]*huma.Schema{
			photoField: {Type: huma.TypeString, Format: binaryBytes, Description: "PNG or JPEG of a screen or a receipt, at most 12 MiB and 40 megapixels."},
			"lang":     text("What the writing is expected in before the others, and the language of the titles.", "ru", "de", "en"),
			"text":     text("Words beside the photograph."),
			"deviceId": text("Needs a token that reaches the device."),
		},
	}}}}
}

// diagnosePhoto reads a photograph and answers as for words. What was read
// comes along, so that a person sees whether it was read right.
func (a *API) diagnosePhoto(ctx context.Context, w who, rw http.ResponseWriter, r *http.Request) {
	d, err := a.photoAnswer(ctx, w, rw, r)
	if err != nil {
		refuse(rw, a.problem(w.voice, err))
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(d) // the client went away; nobody is left to tell
}

func (a *API) photoAnswer(ctx context.Context, w who, rw http.ResponseWriter, r *http.Request) (client.Diagnosis, error) {
	if a.Photos == nil || !a.Photos.Available() {
		return client.Diagnosis{}, ocr.ErrUnavailable.In("api.diagnose")
	}
	control := http.NewResponseController(rw)
	if err := control.SetReadDeadline(time.Now().Add(uploadTime)); err == nil {
		defer func() { _ = control.SetReadDeadline(time.Time{}) }() // the connection goes on
	}
	r.Body = http.MaxBytesReader(rw, r.Body, maxForm)
	q, err := photoForm(r)
	if err != nil {
		return client.Diagnosis{}, err
	}
	if err := a.mayAsk(ctx, w, q.Question); err != nil {
		return client.Diagnosis{}, err
	}
	read, err := a.Photos.Read(ctx, bytes.NewReader(q.photo), q.Lang)
	if err != nil {
		return client.Diagnosis{}, err
	}
	q.Text = strings.TrimSpace(q.Text + "\n" + read)
	d, err := a.Faults.Diagnose(ctx, w.sc, faults.Question{Text: clip(q.Text, faults.MaxQuestion), Lang: q.Lang, Device: q.Device, Photo: true})
	if err != nil {
		return client.Diagnosis{}, err
	}
	if !d.Confident && q.Text != "" {
		a.missed(ctx, w, q.Question)
	}
	out := diagnosisOf(d)
	out.Text = &read
	return out, nil
}

// clip cuts a text at a letter.
func clip(s string, most int) string {
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// photoForm reads the form. A field that it does not know is passed over.
func photoForm(r *http.Request) (q photographed, err error) {
	const op = "api.photoForm"
	form, err := r.MultipartReader()
	if err != nil {
		return q, problem.New(problem.Malformed, "malformed").In(op).Because(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = q.take(part)
		}
		if err != nil {
			return q, formError(op, err)
		}
	}
	bad := problem.New(problem.Invalid, "invalid").In(op)
	if len(q.photo) == 0 {
		return q, bad.Field(photoField, "required")
	}
	if q.Lang != "" && !slices.Contains(i18n.Langs(), i18n.Lang(q.Lang)) {
		return q, bad.Field("lang", "lang_unknown")
	}
	if utf8.RuneCountInString(q.Text) > faults.MaxQuestion {
		return q, problem.New(problem.TooLarge, "question_too_long").With("max", faults.MaxQuestion).In(op)
	}
	return q, nil
}

func (q *photographed) take(part *multipart.Part) error {
	limit := int64(maxField)
	if part.FormName() == photoField {
		limit = ocr.MaxPhoto
	}
	data, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err != nil {
		return err
	}
	if int64(len(data)) > limit {
		return ocr.ErrTooLarge
	}
	switch part.FormName() {
	case photoField:
		q.photo = data
	case "text":
		q.Text = strings.ToValidUTF8(string(data), "")
	case "lang":
		q.Lang = string(data)
	case "deviceId":
		q.Device = string(data)
	}
	return nil
}

// formError tells a form that is too large from one that is broken.
func formError(op string, err error) error {
	var large *http.MaxBytesError
	var known *problem.Error
	switch {
	case errors.As(err, &large):
		return ocr.ErrTooLarge.In(op).Because(err)
	case errors.As(err, &known):
		return known.In(op)
	}
	return problem.New(problem.Malformed, "malformed").In(op).Because(err)
}
