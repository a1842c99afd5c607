package folder

import (
	"path/filepath"
	"testing"
)

func TestWhoMayReadAsWindowsWritesIt(t *testing.T) {
	t.Parallel()
	const anna = "S-1-5-21-1004336348-1177238915-682003330-1001"
	for text, want := range map[string]bool{
		rights(anna): true,
		"O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)": true,
		"D:P":                         true, // nobody
		"D:P(D;;FA;;;WD)(A;;FA;;;SY)": true, // denied is closed
		"D:P(A;;FA;;;SY)S:(AU;SA;FA;;;WD)(ML;;NW;;;LW)":        true,  // watched, not allowed
		"D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)": false, // as ProgramData hands it down
		"D:(A;;FR;;;WD)":               false,
		"D:(A;;FR;;;S-1-5-11)":         false,
		"D:(XA;;FX;;;AU;(@User.x==1))": false,
		"D:NO_ACCESS_CONTROL":          false,
		"D:PNO_ACCESS_CONTROL":         false,
		"O:BAG:SY":                     false,
		"":                             false,
	} {
		if got := closed(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// FuzzClosed reads whatever a system may say of its rights.
func FuzzClosed(f *testing.F) {
	f.Add("O:BAG:SYD:P(A;OICI;FA;;;SY)(A;;FR;;;WD)")
	f.Add("D:(")
	f.Fuzz(func(t *testing.T, text string) {
		if closed(text) && closed("D:(A;;FR;;;WD)"+text) {
			t.Errorf("everybody may read: %q", text)
		}
	})
}

func TestTheFoldersFilesArePrivate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "Касса и агент")
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if private, err := Private(f.Path()); !private || err != nil {
		t.Errorf("the folder: %v, %v", private, err)
	}
	if err := f.WriteSecret("key", []byte("secret")); err != nil {
		t.Fatal(err)
	}
	if private, err := Private(f.Path("key")); !private || err != nil {
		t.Errorf("the key: %v, %v", private, err)
	}
	if _, err := Private(f.Path("none")); err == nil {
		t.Error("a file that is not there is said to be private")
	}
	openToAll(t, f.Path("key"))
	if private, _ := Private(f.Path("key")); private {
		t.Error("everybody may read the key, and nobody says so")
	}
}
