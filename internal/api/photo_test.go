package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/client"
)

// form is a body of multipart/form-data; a field whose name is photo or file
// is sent as a file.
func form(t *testing.T, fields map[string][]byte) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, content := range fields {
		var part io.Writer
		var err error
		if name == "photo" || name == "file" {
			part, err = w.CreateFormFile(name, "Снимок экрана.png")
		} else {
			part, err = w.CreateFormField(name)
		}
		must(t, err)
		_, err = part.Write(content)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes(), w.FormDataContentType()
}

// sendForm posts a form as somebody; "" is a stranger.
func (h *house) sendForm(t *testing.T, as, path string, fields map[string][]byte) (status int, body []byte) {
	t.Helper()
	data, kind := form(t, fields)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/api/v1"+path, bytes.NewReader(data))
	must(t, err)
	req.Header.Set("Content-Type", kind)
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+h.tokens[as])
	}
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	body, err = io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, body
}

func screenshot(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("../ocr/testdata/ru-235.png")
	must(t, err)
	return data
}

func TestAPhotographIsDiagnosed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if !h.Photos.Available() {
		if os.Getenv("CI") != "" {
			t.Fatal("tesseract is not installed")
		}
		t.Skip("tesseract is not installed: make test installs it")
	}
	h.Photos.Within = 3 * time.Minute // the machine may be busy with other tests
	photo := screenshot(t)
	for _, lang := range []string{"", "ru"} {
		fields := map[string][]byte{"photo": photo}
		if lang != "" {
			fields["lang"] = []byte(lang)
		}
		status, body := h.sendForm(t, "", "/diagnose", fields)
		var d client.Diagnosis
		if err := json.Unmarshal(body, &d); err != nil || status != 200 {
			t.Fatalf("%d %s %v", status, body, err)
		}
		if !d.Confident || len(d.Matches) == 0 || d.Matches[0].FaultID != "fn-235-unsent-documents" || d.Text == nil || !strings.Contains(*d.Text, "235") {
			t.Errorf("lang %q: %s", lang, body)
		}
	}
	api, err := client.New(h.url, "")
	must(t, err)
	d, err := api.DiagnosePhoto(t.Context(), client.PhotoQuestion{Photo: bytes.NewReader(photo), Lang: "ru"})
	if err != nil || len(d.Matches) == 0 || d.Matches[0].FaultID != "fn-235-unsent-documents" {
		t.Errorf("through the client: %+v, %v", d, err)
	}
	if a := h.call(t, "", "POST", "/diagnose", `{"text": "касса пишет 235"}`); strings.Contains(a.body, `"text"`) {
		t.Errorf("an answer to words tells what was read: %s", a.body)
	}
}

func TestAPhotographIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	photo := screenshot(t)
	for name, c := range map[string]struct {
		as     string
		fields map[string][]byte
		status int
		code   string
	}{
		"nothing":                  {"", map[string][]byte{"lang": []byte("ru")}, 422, "invalid"},
		"no language of ours":      {"", map[string][]byte{"photo": photo, "lang": []byte("fr")}, 422, "invalid"},
		"a text":                   {"", map[string][]byte{"photo": []byte("ошибка 235")}, 422, "photo_unreadable"},
		"half a picture":           {"", map[string][]byte{"photo": photo[:len(photo)/2]}, 422, "photo_unreadable"},
		"too large":                {"", map[string][]byte{"photo": make([]byte, 12<<20+1)}, 413, "photo_too_large"},
		"a device as a stranger":   {"", map[string][]byte{"photo": photo, "deviceId": []byte(h.ids["device"])}, 401, "unauthenticated"},
		"another company's device": {"stranger", map[string][]byte{"photo": photo, "deviceId": []byte(h.ids["device"])}, 404, "not_found"},
	} {
		status, body := h.sendForm(t, c.as, "/diagnose", c.fields)
		if !h.Photos.Available() {
			c.status, c.code = 503, "ocr_unavailable"
		}
		if status != c.status || !strings.Contains(string(body), c.code) {
			t.Errorf("%s: %d %s, want %d %s", name, status, body, c.status, c.code)
		}
	}
}

// TestStrangersPhotographsAreFewerThanTheirWords: reading a photograph costs a
// second of the machine, so an address may send less of them, and its words
// are answered still.
func TestStrangersPhotographsAreFewerThanTheirWords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const allowed = 30
	refused := 0
	for range allowed + 10 {
		if status, _ := h.sendForm(t, "", "/diagnose", map[string][]byte{"photo": []byte("no picture")}); status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 || refused > 10 {
		t.Errorf("%d of %d photographs were refused", refused, allowed+10)
	}
	if a := h.call(t, "", "POST", "/diagnose", `{"text": "235"}`); a.status != http.StatusOK {
		t.Errorf("words after the photographs: %d", a.status)
	}
	if status, _ := h.sendForm(t, "owner", "/diagnose", map[string][]byte{"photo": []byte("no picture")}); status == http.StatusTooManyRequests {
		t.Error("who is known was refused for what strangers did")
	}
}
