package web_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/files"
)

// part is a form with one file of a chosen name.
func part(t *testing.T, field, name string, data []byte) (kind string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	form := multipart.NewWriter(body)
	h := textproto.MIMEHeader{"Content-Disposition": {mime.FormatMediaType("form-data", map[string]string{"name": field, "filename": name})}, "Content-Type": {"text/html"}}
	file, err := form.CreatePart(h)
	must(t, err)
	_, err = file.Write(data)
	must(t, err)
	must(t, form.Close())
	return form.FormDataContentType(), body
}

func (s *street) upload(t *testing.T, who, path, field, name string, data []byte) *httptest.ResponseRecorder {
	t.Helper()
	kind, body := part(t, field, name, data)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, body)
	r.RemoteAddr = "127.0.0.1:5000"
	r.Header.Set("X-Forwarded-For", s.from())
	r.Header.Set("Content-Type", kind)
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+s.tokens[who])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// bomb is a PNG of a few bytes whose head claims 60,000 × 60,000 pixels.
func bomb() []byte {
	head := binary.BigEndian.AppendUint32(nil, 60_000)
	head = binary.BigEndian.AppendUint32(head, 60_000)
	head = append([]byte("IHDR"), append(head, 8, 6, 0, 0, 0)...)
	out := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	out = binary.BigEndian.AppendUint32(append(out, head...), crc32.ChecksumIEEE(head))
	return append(out, bytes.Repeat([]byte{0}, 600)...)
}

// TestWhatStrangersSendIsHarmless: a web page, a program or a drawing with
// scripts is not taken; a picture whose name or head lies is served as nothing
// but a picture.
func TestWhatStrangersSendIsHarmless(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	for name, data := range map[string][]byte{
		"a web page": []byte("<!doctype html><script>alert(1)</script>"), "a drawing with scripts": []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"a program": append([]byte("MZ"), make([]byte, 200)...), "words": []byte("just words"), "a paper": []byte("%PDF-1.7\n"), "nothing": nil,
	} {
		if w := s.upload(t, "", "/help/sent/"+s.ids["once"]+"/photo", "photo", "x.png", data); w.Code < 400 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	tricks := `..\..\../<img src=x>".html`
	if w := s.upload(t, "", "/help/sent/"+s.ids["once"]+"/photo", "photo", tricks, append(picture(t), "<script>alert(1)</script>"...)); w.Code != http.StatusSeeOther {
		t.Fatalf("a picture: %d %s", w.Code, w.Body)
	}
	if w := s.upload(t, "", "/help/sent/"+s.ids["none"]+"/photo", "photo", "x.png", picture(t)); w.Code != http.StatusNotFound {
		t.Errorf("another's request: %d", w.Code)
	}
	list, err := s.Files.Of(t.Context(), s.sc(), files.Owner{Area: "case", ID: s.ids["request"]})
	if must(t, err); len(list) != 1 {
		t.Fatalf("%d files are kept", len(list))
	}
	sent := list[0]
	if strings.ContainsAny(sent.Name, `/\<>"`) || strings.Contains(sent.Name, "..") {
		t.Errorf("its name is %q", sent.Name)
	}
	w := s.knock(t, "engineer", http.MethodGet, "/files/"+sent.ID, nil)
	h := w.Header()
	if w.Code != 200 || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("Content-Disposition") == "" {
		t.Errorf("%d %v", w.Code, h)
	}
	for _, who := range []string{"", "stranger", "owner2", "cashier2", "cashier", "owner"} { // her case is of no client yet
		for _, tail := range []string{"", "/small"} {
			if w := s.knock(t, who, http.MethodGet, "/files/"+sent.ID+tail, nil); w.Code == 200 {
				t.Errorf("%q gets a stranger's photograph%s", who, tail)
			}
		}
	}
}

// TestAPictureBombIsNotOpened: it may be kept, it is never decoded.
func TestAPictureBombIsNotOpened(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	if w := s.upload(t, "engineer", "/cases/"+s.ids["case"]+"/files", "file", "x.png", bomb()); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	list, err := s.Files.Of(t.Context(), s.sc(), files.Owner{Area: "case", ID: s.ids["case"]})
	must(t, err)
	last := list[len(list)-1]
	if w := s.knock(t, "engineer", http.MethodGet, "/files/"+last.ID+"/small", nil); w.Code != http.StatusFound || w.Header().Get("Location") != "/files/"+last.ID {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// TestStrangersDoNotFillTheDisk: what all of them together may send in a day
// ends, and the company's own people go on.
func TestStrangersDoNotFillTheDisk(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	must(t, s.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE files_file SET size = $1, by_name = 'help' WHERE id = $2`, int64(1)<<30, s.ids["file"])
		return err
	}))
	if w := s.upload(t, "", "/help/sent/"+s.ids["once"]+"/photo", "photo", "x.png", picture(t)); w.Code != http.StatusTooManyRequests {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.upload(t, "engineer", "/cases/"+s.ids["case"]+"/files", "file", "x.png", picture(t)); w.Code != http.StatusSeeOther {
		t.Errorf("an engineer: %d", w.Code)
	}
}
