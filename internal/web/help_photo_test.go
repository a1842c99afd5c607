package web

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/problem"
)

func TestPhotoQuestion(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, want string }{
		"nothing":              {" \n \n", ""},
		"one line":             {"  Ошибка   ФН 235 ", "Ошибка ФН 235"},
		"the error goes first": {"ООО «Ромашка»\nИНН 7707083893\nОшибка: ФН (-3979)\nСпасибо", "Ошибка: ФН (-3979) ООО «Ромашка» ИНН 7707083893 Спасибо"},
		"German":               {"Kasse 1\nStörung TSE", "Störung TSE Kasse 1"},
	} {
		if got := photoQuestion(tc.in); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	long := photoQuestion(strings.Repeat("слово\n", 500) + "Код 235")
	if !strings.HasPrefix(long, "Код 235") || utf8.RuneCountInString(long) > photoQuestionRunes {
		t.Errorf("a long receipt becomes %q", long)
	}
}

// sent is a form with a part of the given name.
func sent(t *testing.T, name, content string) (contentType string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	part, err := w.CreateFormFile(name, "x.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), body
}

func TestPhotoPart(t *testing.T) {
	t.Parallel()
	kind, body := sent(t, "photo", "pixels")
	r := httptest.NewRequest("POST", "/help/photo", body)
	r.Header.Set("Content-Type", kind)
	part, err := photoPart(r)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(part); err != nil || string(data) != "pixels" {
		t.Errorf("%q, %v", data, err)
	}
	kind, body = sent(t, "other", "pixels")
	for name, kind := range map[string]string{"no photo": kind, "no form": "text/plain", "no boundary": "multipart/form-data", "another boundary": "multipart/form-data; boundary=x"} {
		r := httptest.NewRequest("POST", "/help/photo", bytes.NewReader(body.Bytes()))
		r.Header.Set("Content-Type", kind)
		if _, err := photoPart(r); problem.CodeOf(err) != "malformed" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAStrangersFormIsBounded(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{"/help/request": maxHelpForm, "/help/photo": maxHelpPhoto} {
		r := httptest.NewRequest("POST", path, strings.NewReader(strings.Repeat("x", maxHelpPhoto+1)))
		r = r.WithContext(context.WithValue(r.Context(), bodyKey{}, strangersMost(path)))
		bound(httptest.NewRecorder(), r)
		data, err := io.ReadAll(r.Body)
		if err == nil || len(data) != want {
			t.Errorf("%s takes %d bytes, %v", path, len(data), err)
		}
	}
}
