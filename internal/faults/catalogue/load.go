package catalogue

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/tillwright/tillwright/internal/i18n"
)

//go:embed *.toml
var files embed.FS

//go:embed known.tsv
var knownTSV string

// MaxFile bounds one article, in bytes.
const MaxFile = 128 << 10

// Catalogue is all articles. It does not change after Load.
type Catalogue struct {
	articles []*Article
	byID     map[string]*Article
}

// Shipped reads the articles that come with the program.
func Shipped() (*Catalogue, error) { return Load(files) }

// Load reads every *.toml file of the file system's root. One bad article
// fails the whole: each error names the file and the place in it.
func Load(fsys fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(fsys, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	c := &Catalogue{byID: make(map[string]*Article)}
	var errs []error
	for _, name := range names {
		if err := c.add(fsys, name); err != nil {
			errs = append(errs, fmt.Errorf("catalogue: %s: %w", name, err))
		}
	}
	errs = append(errs, c.checkRelated()...)
	slices.SortFunc(c.articles, func(a, b *Article) int { return strings.Compare(a.ID, b.ID) })
	return c, errors.Join(errs...)
}

func (c *Catalogue) add(fsys fs.FS, name string) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	a, err := Parse(data)
	if err != nil {
		return err
	}
	if want := strings.TrimSuffix(path.Base(name), ".toml"); a.ID != want {
		return fmt.Errorf("id is %q, the file's name says %q", a.ID, want)
	}
	if _, twice := c.byID[a.ID]; twice {
		return fmt.Errorf("id %q stands in another file too", a.ID)
	}
	c.articles, c.byID[a.ID] = append(c.articles, a), a
	return nil
}

// Parse reads and checks one article of the catalogue. A field that the schema
// does not know is an error: a misspelt warning must not vanish. What is wrong
// is told as [Flaws].
func Parse(data []byte) (*Article, error) { return parse(data, false, "") }

func parse(data []byte, own bool, main i18n.Lang) (*Article, error) {
	a, c, err := read(data)
	if err != nil {
		return nil, err
	}
	if own {
		a.spread(main)
	}
	a.Revision = RevisionOf(data)
	a.check(c, own)
	if err := c.verdict(string(data)); err != nil {
		return nil, err
	}
	return a, nil
}

// read decodes the text and notes what the schema does not know.
func read(data []byte) (*Article, *critic, error) {
	if len(data) > MaxFile {
		return nil, nil, Flaws{{Code: "too_long", Args: map[string]any{"size": len(data), "most": MaxFile}}}
	}
	var a Article
	meta, err := toml.Decode(string(data), &a)
	if err != nil {
		return nil, nil, syntax(err)
	}
	c := &critic{}
	for _, k := range meta.Undecoded() {
		c.bad(k.String(), "field_unknown", "field", k.String())
	}
	return &a, c, nil
}

// RevisionOf is the revision of a text: it changes with every byte.
func RevisionOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}

// ShippedText is the text of a shipped article.
func ShippedText(id string) (string, bool) {
	data, err := files.ReadFile(id + ".toml")
	return string(data), err == nil
}

// Articles lists all articles by id; not to be changed by the caller.
func (c *Catalogue) Articles() []*Article { return c.articles }

// Get finds an article by its id.
func (c *Catalogue) Get(id string) (*Article, bool) {
	a, ok := c.byID[id]
	return a, ok
}

// Known is one fault that articles may be written about.
type Known struct {
	ID     string
	Family string
	Kind   Kind
}

// KnownFaults lists every fault id that exists, with or without an article
// yet.
func KnownFaults() []Known {
	var out []Known
	for line := range strings.Lines(knownTSV) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) == 3 {
			out = append(out, Known{ID: f[0], Family: f[1], Kind: Kind(f[2])})
		}
	}
	return out
}

func (c *Catalogue) checkRelated() []error {
	var errs []error
	for _, a := range c.articles {
		for i, id := range a.Related {
			if !isKnown(id) || id == a.ID {
				errs = append(errs, fmt.Errorf("catalogue: %s: %w", a.ID, Flaw{Place: fmt.Sprintf("related[%d]", i), Code: "related", Args: map[string]any{"related": id}}))
			}
		}
	}
	return errs
}

func isKnown(id string) bool {
	return slices.ContainsFunc(KnownFaults(), func(k Known) bool { return k.ID == id })
}
