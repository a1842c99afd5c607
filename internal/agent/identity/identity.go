// Package identity is who the agent is: its key, made here and never sent
// anywhere, and the name its server gave it for a one-time code.
package identity

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// The files of an identity in the agent's folder.
const (
	fileIdentity = "identity.json"
	fileKey      = "agent.key" // PKCS #8 in PEM, for the owner alone
)

// What goes wrong with an identity.
var (
	ErrMissing  = problem.New(problem.Unauthenticated, "agent_not_enrolled")
	ErrDamaged  = problem.New(problem.Malformed, "agent_identity_damaged")
	ErrExists   = problem.New(problem.Conflict, "agent_enrolled_already")
	ErrRefused  = problem.New(problem.Forbidden, "agent_enrol_refused")        // code: what the server said
	ErrNoServer = problem.New(problem.Unavailable, "agent_server_unreachable") // server: its address
)

// Identity is an enrolled agent.
type Identity struct {
	Server string
	Pin    []byte // SHA-256 of the server's public key, nil = the machine's authorities
	Agent  string
	Name   string
	Key    ed25519.PrivateKey
}

// stored is the form on disk, without the key.
type stored struct {
	Server string    `json:"server"`
	Pin    string    `json:"pin,omitempty"` // hex
	Agent  string    `json:"agent"`
	Name   string    `json:"name"`
	Since  time.Time `json:"since"`
}

// Load reads the identity in a folder. It fails with ErrMissing or ErrDamaged.
func Load(path func(name ...string) string) (Identity, error) {
	data, err := folder.ReadFile(path(fileIdentity))
	if err != nil {
		return Identity{}, ErrDamaged.Because(err)
	}
	if data == nil {
		return Identity{}, ErrMissing
	}
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return Identity{}, ErrDamaged.Because(err)
	}
	id := Identity{Server: s.Server, Agent: s.Agent, Name: s.Name}
	if s.Pin != "" {
		if id.Pin, err = wire.ParsePin(s.Pin); err != nil {
			return Identity{}, ErrDamaged.Because(err)
		}
	}
	if id.Key, err = loadKey(path(fileKey)); err != nil {
		return Identity{}, ErrDamaged.Because(err)
	}
	if id.Key == nil || id.Agent == "" || id.Server == "" {
		return Identity{}, ErrDamaged
	}
	return id, nil
}

// Private says whether the key of the identity in a folder is closed to the
// computer's other users.
func Private(path func(name ...string) string) (bool, error) { return folder.Private(path(fileKey)) }

// About is what the agent tells of its machine when it enrols.
type About struct{ Host, OS, Arch, Build string }

// Enrol makes a key where there is none, trades the code for a name and keeps
// both. When the answer was lost on the way the same call may be made again:
// the server knows the key. replace allows it over an identity that exists.
// It fails with ErrExists, ErrNoServer, ErrRefused or folder.ErrUnusable.
func Enrol(ctx context.Context, f *folder.Folder, e wire.Enrolment, about About, client *http.Client, replace bool, now time.Time) (Identity, error) {
	if _, err := Load(f.Path); !replace && !errors.Is(err, ErrMissing) {
		return Identity{}, ErrExists.Because(err)
	}
	key, err := makeKey(f)
	if err != nil {
		return Identity{}, folder.ErrUnusable.With("path", f.Path()).Because(err)
	}
	ask := wire.Enrol{
		Code: e.Code, PublicKey: key.Public().(ed25519.PublicKey),
		Host: about.Host, OS: about.OS, Arch: about.Arch, Build: about.Build,
	}
	got, err := post(ctx, client, e.Server, ask)
	if err != nil {
		return Identity{}, err
	}
	s := stored{Server: e.Server, Pin: hex.EncodeToString(e.Pin), Agent: got.Agent, Name: got.Name, Since: now}
	data, err := json.MarshalIndent(s, "", "  ")
	if err == nil {
		err = f.Write(fileIdentity, append(data, '\n'))
	}
	if err != nil {
		return Identity{}, folder.ErrUnusable.With("path", f.Path()).Because(err)
	}
	return Identity{Server: e.Server, Pin: e.Pin, Agent: got.Agent, Name: got.Name, Key: key}, nil
}

func post(ctx context.Context, client *http.Client, server string, ask wire.Enrol) (wire.Enrolled, error) {
	unreachable := ErrNoServer.With("server", server)
	body, err := json.Marshal(ask)
	if err != nil {
		return wire.Enrolled{}, fmt.Errorf("identity: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server+wire.PathEnrol, bytes.NewReader(body))
	if err != nil {
		return wire.Enrolled{}, unreachable.Because(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return wire.Enrolled{}, unreachable.Because(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return wire.Enrolled{}, unreachable.Because(err)
	}
	if resp.StatusCode != http.StatusOK {
		var p wire.Problem
		if json.Unmarshal(data, &p) != nil || p.Code == "" {
			p.Code = resp.Status
		}
		return wire.Enrolled{}, ErrRefused.With("code", p.Code)
	}
	var got wire.Enrolled
	if err := json.Unmarshal(data, &got); err != nil || got.Agent == "" {
		return got, unreachable.Because(err)
	}
	return got, nil
}

func makeKey(f *folder.Folder) (ed25519.PrivateKey, error) {
	if key, err := loadKey(f.Path(fileKey)); key != nil || err != nil {
		return key, err
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, f.WriteSecret(fileKey, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// loadKey gives nil and no error where there is no key yet.
func loadKey(path string) (ed25519.PrivateKey, error) {
	data, err := folder.ReadFile(path)
	if err != nil || data == nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("identity: the key file holds no key")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("identity: the key is of another kind")
	}
	return private, nil
}
