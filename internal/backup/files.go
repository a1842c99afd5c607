package backup

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// KeyFile is the server's own key, relative to the data folder. Agents have
// pinned it: a server that was restored without it is a stranger to every
// shop. It is missing where the operator has a certificate of her own.
const KeyFile = "tls/key.pem"

// ErrOtherKey: the folder holds another server's key already.
var ErrOtherKey = errors.New("backup: the data folder holds another key, and agents of the backup would not know the server: restore into an empty folder")

// maxFile bounds a file beside the tables, in bytes.
const maxFile = 1 << 20

// File is a file of the data folder that goes into a backup beside the tables.
type File struct {
	Name   string `json:"name"` // relative, with slashes
	SHA256 string `json:"sha256"`
	Data   []byte `json:"-"`
}

// KeyOf reads the key in a data folder, for Write: one file, or none.
func KeyOf(data string) ([]File, error) {
	content, err := os.ReadFile(filepath.Join(data, filepath.FromSlash(KeyFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return []File{{Name: KeyFile, Data: content}}, nil
}

// PutKey writes the backup's key into a data folder and says whether there was
// one. A folder that has the same one is left as it is; one that has another
// is ErrOtherKey.
func PutKey(path, data string) (put bool, err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return false, fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	m, err := manifest(&z.Reader)
	if err != nil {
		return false, err
	}
	for _, f := range m.Files {
		if f.Name != KeyFile { // nothing else is taken from a file that came from outside
			continue
		}
		content, err := readFile(&z.Reader, f)
		if err != nil {
			return false, err
		}
		return true, putKey(filepath.Join(data, filepath.FromSlash(KeyFile)), content)
	}
	return false, nil
}

func putKey(file string, content []byte) error {
	have, err := os.ReadFile(file)
	switch {
	case err == nil && string(have) == string(content):
		return nil
	case err == nil:
		return fmt.Errorf("%w: %s", ErrOtherKey, file)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	beside := file + ".new"
	if err := os.WriteFile(beside, content, 0o600); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(beside, file); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

func writeFile(z *zip.Writer, f File) (File, error) {
	entry, err := z.Create("files/" + f.Name)
	if err != nil {
		return f, err
	}
	sum := sha256.Sum256(f.Data)
	f.SHA256 = hex.EncodeToString(sum[:])
	_, err = entry.Write(f.Data)
	return f, err
}

// readFile gives a file's content if it is what the manifest says.
func readFile(z *zip.Reader, f File) (content []byte, err error) {
	r, err := z.Open("files/" + f.Name)
	if err != nil {
		return nil, fmt.Errorf("backup: %s: %w", f.Name, err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if content, err = io.ReadAll(io.LimitReader(r, maxFile)); err != nil {
		return nil, fmt.Errorf("backup: %s: %w", f.Name, err)
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("backup: %s: damaged", f.Name)
	}
	return content, nil
}
