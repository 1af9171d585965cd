package account

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"shtab/internal/fault"
)

// The bounds of a password, in characters, and of the queue for hashing one.
const (
	passwordMin = 8
	passwordMax = 200

	hashQueue = 32
	hashWait  = 5 * time.Second
)

// passwordParams cost 20 to 40 ms and 19 MiB a hash. When they change, people get a new hash at
// their next log-in.
var passwordParams = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Hasher makes and checks password hashes (argon2id), only so many at a time that pages stay
// quick and memory bounded while many people log in. The same letters typed in another Unicode
// form are the same password.
type Hasher struct {
	slots   chan struct{}
	waiting atomic.Int32
	nobody  string // the hash of no password: what an unknown account is checked against
	check   func(password, hash string) (bool, *argon2id.Params, error)
}

// NewHasher makes a hasher that leaves one core to the pages. A process needs one.
func NewHasher() *Hasher {
	noise := make([]byte, passwordParams.SaltLength+passwordParams.KeyLength)
	rand.Read(noise) // never fails
	b64 := base64.RawStdEncoding.EncodeToString
	return &Hasher{
		check: argon2id.CheckHash,
		slots: make(chan struct{}, max(1, runtime.NumCPU()-1)),
		nobody: fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
			passwordParams.Memory, passwordParams.Iterations, passwordParams.Parallelism,
			b64(noise[:passwordParams.SaltLength]), b64(noise[passwordParams.SaltLength:])),
	}
}

// Hash is the hash of password, with a salt of its own. Unavailable when too many wait.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(norm.NFC.String(password), &passwordParams)
}

// Verify reports whether password is the one of hash, and whether hash should be made anew
// because the parameters have changed since. An empty hash (an unknown account) matches nothing
// and takes as long as any. Unavailable when too many wait.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (ok, rehash bool, err error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	if hash == "" || len(password) > 8*passwordMax {
		password, hash = "", h.nobody
	}
	ok, params, err := h.check(norm.NFC.String(password), hash)
	if err != nil {
		return false, false, fmt.Errorf("account: a stored password hash: %w", err)
	}
	return ok, *params != passwordParams, nil
}

var errBusy = errors.New("account: too many passwords to hash")

// enter waits for a slot; the function it returns gives the slot back.
func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-h.slots }
	select {
	case h.slots <- struct{}{}:
		return leave, nil
	default:
	}
	if h.waiting.Add(1) > hashQueue {
		h.waiting.Add(-1)
		return nil, fault.Unavailable(errBusy)
	}
	defer h.waiting.Add(-1)
	timeout := time.NewTimer(hashWait)
	defer timeout.Stop()
	select {
	case h.slots <- struct{}{}:
		return leave, nil
	case <-timeout.C:
		return nil, fault.Unavailable(errBusy)
	case <-ctx.Done():
		return nil, fault.Unavailable(ctx.Err())
	}
}

//go:embed common.txt
var commonList string

// common is the passwords that are tried first by whoever guesses, at least passwordMin long.
var common = func() map[string]bool {
	m := map[string]bool{}
	for word := range strings.Lines(commonList) {
		m[strings.TrimSpace(word)] = true
	}
	return m
}()

// checkPassword notes against field why password will not do for the person with these words
// (e-mail and names). Length is what makes a password good, so nothing is asked of its
// composition, and every script is welcome.
func checkPassword(f fault.Fields, field, password string, words ...string) {
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl) {
		f.Add(field, "account.error.password_control")
		return
	}
	password = norm.NFC.String(password)
	n := utf8.RuneCountInString(password)
	flat := flatten(password)
	switch {
	case n < passwordMin:
		f.Add(field, "account.error.password_short")
	case n > passwordMax:
		f.Add(field, "account.error.password_long")
	case common[flat] || fewLetters(flat):
		f.Add(field, "account.error.password_common")
	case isPersonal(flat, words):
		f.Add(field, "account.error.password_personal")
	}
}

// isPersonal reports whether password is one of words, the name before the @ of one, or two of
// them together.
func isPersonal(password string, words []string) bool {
	for i, w := range words {
		w = flatten(w)
		local, _, _ := strings.Cut(w, "@")
		if w != "" && (password == w || password == local) {
			return true
		}
		for j, v := range words {
			if i != j && password == w+flatten(v) {
				return true
			}
		}
	}
	return false
}

// fewLetters reports whether s is made of one or two characters over and over.
func fewLetters(s string) bool {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen) < 3
}

// flatten is s in lower case and without spaces.
func flatten(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}
