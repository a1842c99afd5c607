package files

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Bounds of what people send.
const (
	MaxSize  = 15 << 20 // bytes of one file
	maxOwner = 50       // files of one thing
	maxName  = 120      // characters
	// grace is how long bytes that no row names are kept: an upload whose row is
	// still to come, or whose transaction failed.
	grace = 24 * time.Hour
)

// Owner is what a file belongs to: the area and the id of its thing.
type Owner struct {
	Area string // "case"
	ID   string
}

// File is one file as its row has it.
type File struct {
	ID     string
	Owner  Owner
	Client string // whose; "" = the company's own
	Name   string
	Media  string // by its first bytes, not by what was said
	Size   int64
	Hash   string
	At     time.Time
	By     string // a person's name
}

// Image says whether browsers can show it as a picture.
func (f *File) Image() bool { return strings.HasPrefix(f.Media, "image/") }

// Media are the types that are taken.
func Media() []string {
	return []string{"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf", "text/plain; charset=utf-8"}
}

// Service keeps files. It is safe for concurrent use.
type Service struct {
	db    *db.DB
	blobs Blobs
	// settling is held shared from the moment bytes are put until their row is
	// there, and alone while bytes without a row are taken away.
	settling sync.RWMutex
}

// New makes the service.
func New(d *db.DB, b Blobs) *Service { return &Service{db: d, blobs: b} }

// Upload is a file that is being sent.
type Upload struct {
	Owner  Owner
	Client string
	Name   string
	Images bool // nothing but pictures is taken
	Data   io.Reader
}

// Add stores a file. told runs in the same transaction as its row, so that
// what it belongs to hears of it or the file is not there at all. Whether the
// scope may add to the owner is the caller's to know.
func (s *Service) Add(ctx context.Context, sc scope.Scope, u Upload, told func(tx *db.Tx, f File) error) (f File, err error) {
	if !sc.Valid() {
		return f, problem.New(problem.Internal, "no_scope").In("files.Add")
	}
	media, data, err := sniff(u.Data)
	if err != nil {
		return f, err
	}
	f.Media = media
	if !slices.Contains(Media(), media) || u.Images && !f.Image() {
		return File{}, problem.New(problem.Invalid, "files_type").With("type", media)
	}
	f, err = s.settle(ctx, sc, u, media, data, told)
	if err != nil && f.Hash != "" { // a stranger must not fill the disk with what is refused
		_, lost := s.sweepOne(context.WithoutCancel(ctx), f.Hash)
		return File{}, errors.Join(err, lost)
	}
	return f, err
}

// settle puts the bytes and their row. A file with a hash beside an error has
// bytes that no row may name.
func (s *Service) settle(ctx context.Context, sc scope.Scope, u Upload, media string, data io.Reader, told func(tx *db.Tx, f File) error) (f File, err error) {
	s.settling.RLock()
	defer s.settling.RUnlock()
	f = File{ID: ids.New(), Owner: u.Owner, Client: u.Client, Name: cleanName(u.Name), Media: media, By: sc.Actor().Name}
	f.Hash, f.Size, err = s.blobs.Put(ctx, data, MaxSize)
	switch {
	case errors.Is(err, ErrTooLarge):
		return File{}, problem.New(problem.TooLarge, "files_too_large").With("most", MaxSize>>20)
	case err != nil:
		return File{}, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		f.At = tx.Now
		if err := s.insert(ctx, tx, sc, &f); err != nil {
			return err
		}
		if told == nil {
			return nil
		}
		return told(tx, f)
	})
	return f, err
}

// sniff tells the type by the first bytes and gives everything back.
func sniff(r io.Reader) (string, io.Reader, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(r, head)
	switch {
	case errors.Is(err, io.EOF):
		return "", nil, problem.New(problem.Invalid, "files_empty")
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return "", nil, fmt.Errorf("files: %w", err)
	}
	head = head[:n]
	return http.DetectContentType(head), io.MultiReader(bytes.NewReader(head), r), nil
}

// cleanName is the last part of a name without what could play tricks in a
// header or on a screen.
func cleanName(s string) string {
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"<>|:*?/`, r) {
			return -1
		}
		return r
	}, s)
	s = strings.Trim(s, " .")
	if r := []rune(s); len(r) > maxName {
		s = string(r[len(r)-maxName:]) // the ending says more than the beginning
	}
	if s == "" {
		return "file"
	}
	return s
}

const columns = `id, area, owner, client, name, media, size, hash, at, by_name`

func (s *Service) insert(ctx context.Context, tx *db.Tx, sc scope.Scope, f *File) error {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM files_file WHERE tenant = $1 AND area = $2 AND owner = $3`, sc.Tenant(), f.Owner.Area, f.Owner.ID).Scan(&n)
	if err != nil {
		return err
	}
	if n >= maxOwner {
		return problem.New(problem.Conflict, "files_too_many").With("most", maxOwner)
	}
	_, err = tx.Exec(ctx, `INSERT INTO files_file (tenant, `+columns+`) VALUES `+db.Values(1, 11), sc.Tenant(), f.ID, f.Owner.Area, f.Owner.ID, f.Client,
		f.Name, f.Media, f.Size, f.Hash, db.Millis(f.At), f.By)
	if err != nil {
		return err
	}
	return audit.Write(ctx, tx, sc, audit.Entry{Action: "file.added", Subject: "file", SubjectID: f.ID, Detail: map[string]any{
		"area": f.Owner.Area, "owner": f.Owner.ID, "media": f.Media, "size": f.Size, "hash": f.Hash,
	}})
}

func scan(row interface{ Scan(dest ...any) error }) (f File, err error) {
	var at int64
	err = row.Scan(&f.ID, &f.Owner.Area, &f.Owner.ID, &f.Client, &f.Name, &f.Media, &f.Size, &f.Hash, &at, &f.By)
	f.At = db.Time(at)
	return f, err
}

// Of lists the files of an owner, the oldest first.
func (s *Service) Of(ctx context.Context, sc scope.Scope, o Owner) (list []File, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+columns+` FROM files_file WHERE tenant = $1 AND area = $2 AND owner = $3 AND ($4 = '' OR client = $4) ORDER BY at, id`,
			sc.Tenant(), o.Area, o.ID, sc.Client())
		list, err = db.Rows(rows, err, func(r *sql.Rows) (File, error) { return scan(r) })
		return err
	})
	return list, err
}

// Since is how many bytes came under a name since an instant, whatever they
// belong to.
func (s *Service) Since(ctx context.Context, sc scope.Scope, by string, from time.Time) (n int64, err error) {
	if !sc.Valid() {
		return 0, problem.New(problem.Internal, "no_scope").In("files.Since")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT COALESCE(SUM(size), 0) FROM files_file WHERE tenant = $1 AND by_name = $2 AND at > $3 AND ($4 = '' OR client = $4)`,
			sc.Tenant(), by, db.Millis(from), sc.Client()).Scan(&n)
	})
	return n, err
}

// Get reads a file's row; problem.NotFound when the scope does not reach it.
func (s *Service) Get(ctx context.Context, sc scope.Scope, id string) (f File, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		f, err = scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM files_file WHERE tenant = $1 AND id = $2 AND ($3 = '' OR client = $3)`, sc.Tenant(), id, sc.Client()))
		if db.NoRows(err) {
			return problem.New(problem.NotFound, "not_found").In("files.Get")
		}
		return err
	})
	return f, err
}

// Open reads a file's bytes. A row without bytes is a damaged store, which is
// said as such.
func (s *Service) Open(ctx context.Context, sc scope.Scope, id string) (File, io.ReadSeekCloser, error) {
	f, err := s.Get(ctx, sc, id)
	if err != nil {
		return f, nil, err
	}
	r, err := s.blobs.Open(ctx, f.Hash)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil, problem.New(problem.Unavailable, "files_lost").With("name", f.Name).In("files.Open")
	}
	return f, r, err
}

// Sweep takes away bytes that no row has named for a day.
func (s *Service) Sweep(ctx context.Context, now time.Time) (removed int, err error) {
	var old []string
	err = s.blobs.Each(ctx, func(hash string, at time.Time) error {
		if now.Sub(at) > grace {
			old = append(old, hash)
		}
		return nil
	})
	for _, hash := range old {
		if err != nil {
			break
		}
		var gone bool
		if gone, err = s.sweepOne(ctx, hash); gone {
			removed++
		}
	}
	return removed, err
}

// sweepOne looks with nobody settling: whoever sent the same bytes meanwhile has
// the row that names them, or has failed.
func (s *Service) sweepOne(ctx context.Context, hash string) (gone bool, err error) {
	s.settling.Lock()
	defer s.settling.Unlock()
	var n int
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM files_file WHERE hash = $1`, hash).Scan(&n)
	})
	if err != nil || n > 0 {
		return false, err
	}
	return true, s.blobs.Remove(ctx, hash)
}

// Missing tells the rows whose bytes are not there or are others than they
// were, for the doctor.
func (s *Service) Missing(ctx context.Context) (lost []string, err error) {
	var all []string
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT hash FROM files_file ORDER BY hash`)
		all, err = db.Rows(rows, err, func(r *sql.Rows) (h string, err error) { return h, r.Scan(&h) })
		return err
	})
	for _, hash := range all {
		if err != nil {
			return lost, err
		}
		r, openErr := s.blobs.Open(ctx, hash)
		if openErr != nil {
			lost = append(lost, hash)
			continue
		}
		same, readErr := matches(r, hash)
		if !same || readErr != nil {
			lost = append(lost, hash)
		}
		err = r.Close()
	}
	return lost, err
}
