package ocr_test

import (
	"bytes"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/ocr"
)

// reader is the machine's own Tesseract, or the test is skipped and says so.
func reader(t testing.TB) *ocr.Reader {
	t.Helper()
	r := ocr.Find(t.Context(), slog.New(slog.DiscardHandler))
	r.Within = 3 * time.Minute // the machine may be busy with other tests
	if !r.Available() || len(r.Langs()) < 3 {
		if os.Getenv("CI") != "" {
			t.Fatal("tesseract with rus, deu and eng is not installed")
		}
		t.Skip("tesseract with rus, deu and eng is not installed: make test installs it")
	}
	return r
}

// shots are the photographs that each screen is taken in.
func shots() []shot {
	return []shot{
		{name: "as it is", size: 1, contrast: 1},
		{name: "by a phone", size: 3, degrees: 1.3, contrast: 0.8, noise: 8, soft: 1, quality: 80},
		{name: "askew, in the dark", size: 2, degrees: -2, contrast: 0.35, noise: 5, shade: 0.3, soft: 1, quality: 75},
		{name: "small and noisy", size: 0.9, degrees: 1, contrast: 0.7, noise: 10, quality: 70},
		{name: "half in shadow", size: 1.5, degrees: 2, contrast: 0.6, noise: 4, shade: 0.6, quality: 85},
	}
}

// screens is what is shown, the language it is asked in, and what it is.
func screens() []struct{ name, lang, fault string } {
	return []struct{ name, lang, fault string }{
		{"ru-235", "ru", "fn-235-unsent-documents"},
		{"ru-3979", "ru", "fn-235-unsent-documents"},
		{"ru-lcd-210", "ru", "fn-210-interface"},
		{"ru-lcd-234", "ru", "fn-234-lifetime-over"},
		{"ru-receipt-ofd", "ru", "kkt-3825-wrong-password"},
		{"ru-dto", "ru", "ofd-channel-error-dto"},
		{"ru-1057", "ru", "evotor-1057-requisite-missing"},
		{"de-tse", "de", "tse-failed"},
		{"de-3933", "de", "kkt-3933-mode-blocked"},
		{"de-kassenserver", "de", "kassenserver-unreachable"},
		{"en-235", "en", "fn-235-unsent-documents"},
		{"en-401", "en", "exchange-401-unauthorised"},
		{"en-lcd-3905", "en", "kkt-3905-wrong-format"},
	}
}

// TestAPhotographedScreenNamesItsFault reads every screen in every photograph,
// by the language of whoever asks and without one, and asks the catalogue.
func TestAPhotographedScreenNamesItsFault(t *testing.T) {
	t.Parallel()
	r := reader(t)
	shipped, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	m := faults.NewMatcher(shipped)
	for i, s := range screens() {
		g := screen(t, s.name)
		for j, how := range shots() {
			if j != 1 && j != 2+i%3 && (j != 0 || i%4 != 0) { // every screen in two or three photographs
				continue
			}
			photo := how.take(t, g, uint64(100*i+j))
			langs := []string{s.lang}
			if j == 1 && i%2 == 0 {
				langs = append(langs, "", "en") // nobody said which, or asks in another language than the screen's
			}
			for _, lang := range langs {
				text, err := r.Read(t.Context(), bytes.NewReader(photo), lang)
				if err != nil {
					t.Errorf("%s %s: %v", s.name, how.name, err)
					continue
				}
				got := faults.MatchReading(m, text, nil, nil)
				if !got.Confident || len(got.Matches) == 0 || got.Matches[0].ID != s.fault {
					t.Errorf("%s %s (%q): confident %v, %v\n%s", s.name, how.name, lang, got.Confident, got.Matches, text)
				}
			}
		}
	}
}
