package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
)

// DeviceLife is how long a browser keeps its mark after the last login.
const DeviceLife = 400 * 24 * time.Hour

const (
	// devicesKept is how many people's marks one browser keeps: a shop's or a
	// dispatcher's computer is used by several.
	devicesKept = 6
	// placeFor is how long a login makes its network a known one.
	placeFor = 90 * 24 * time.Hour

	markBytes = 16
	macBytes  = sha256.Size
)

// A mark is what a browser keeps after a login: a random number and what proves
// that this server gave it to this person. It opens nothing. It only has the
// browser's wrong passwords counted apart, so that strangers who guess cannot
// keep the person out.
//
// The key is made of the stored password hash, whose salt nobody outside has
// seen: marks need no table, and a new password makes the old ones worthless.
func (l login) newMark() string {
	var n [markBytes]byte
	_, _ = rand.Read(n[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(append(n[:], l.proof(n[:])...))
}

func (l login) proof(number []byte) []byte {
	key := sha256.Sum256([]byte("tillwright device\x00" + l.person.ID + "\x00" + l.hash))
	mac := hmac.New(sha256.New, key[:])
	_, _ = mac.Write(number) // a hash takes everything
	return mac.Sum(nil)
}

// number is the random number of the mark when it is this person's, else "".
func (l login) number(mark string) string {
	raw, err := base64.RawURLEncoding.DecodeString(mark)
	if err != nil || len(raw) != markBytes+macBytes || l.hash == "" {
		return ""
	}
	if !hmac.Equal(raw[markBytes:], l.proof(raw[:markBytes])) {
		return ""
	}
	return mark[:base64.RawURLEncoding.EncodedLen(markBytes)]
}

// marks are those of a browser, the newest first.
func marks(device string) []string {
	list := strings.SplitN(device, ".", devicesKept+1)
	return list[:min(len(list), devicesKept)]
}

// knows finds this person's mark among the browser's, "" for none.
func (l login) knows(device string) string {
	for _, m := range marks(device) {
		if n := l.number(m); n != "" {
			return n
		}
	}
	return ""
}

// marked is what the browser is to keep from now on: a new mark of this person
// and those of others.
func (l login) marked(device string) string {
	others := slices.DeleteFunc(marks(device), func(m string) bool { return m == "" || l.number(m) != "" })
	return strings.Join(marks(strings.Join(append([]string{l.newMark()}, others...), ".")), ".")
}

// Mark is what the browser of somebody who is signed in is to keep, after a new
// password made its old mark worthless.
func (s *Service) Mark(ctx context.Context, id Identity, device string) (string, error) {
	if err := valid(id.Scope, "access.Mark"); err != nil {
		return "", err
	}
	l := login{person: id.Person}
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		l.hash, err = loadHash(ctx, tx, id.Scope, id.Person.ID)
		return err
	})
	if err != nil {
		return "", err
	}
	return l.marked(device), nil
}

// beenHere says whether the person has signed in from this network lately. It
// asks the same question when there is no such person.
func beenHere(ctx context.Context, tx *db.Tx, l login, remote string) (bool, error) {
	here := Network(remote)
	rows, err := tx.Query(ctx, `SELECT remote FROM access_session WHERE tenant = $1 AND person = $2 AND created_at > $3 ORDER BY id DESC LIMIT 200`,
		l.tenant, l.person.ID, db.Millis(tx.Now.Add(-placeFor)))
	list, err := db.Rows(rows, err, func(r *sql.Rows) (a string, err error) { return a, r.Scan(&a) })
	if err != nil {
		return false, wrap("beenHere", err)
	}
	return here != "" && slices.ContainsFunc(list, func(a string) bool { return Network(a) == here }), nil
}
