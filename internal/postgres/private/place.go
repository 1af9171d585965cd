//go:build unix

package private

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// socketPathMost is the longest socket path that every system allows (macOS: 103 bytes).
const socketPathMost = 100

// socketName is PostgreSQL's name of its socket on port 5432.
const socketName = ".s.PGSQL.5432"

// owner is the user that the server runs as: the caller, or an unprivileged user when the caller is
// root, which PostgreSQL refuses.
type owner struct {
	uid, gid   uint32
	credential *syscall.Credential // nil: the caller
}

func serverOwner() (*owner, error) {
	if os.Geteuid() != 0 {
		return &owner{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := osuser.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		o := &owner{uid: uint32(uid), gid: uint32(gid)}
		o.credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
		return o, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and neither user postgres nor nobody exists")
}

// give makes the server's user the owner of a file.
func (o *owner) give(name string) error {
	if o.credential == nil {
		return nil
	}
	return os.Lchown(name, int(o.uid), int(o.gid))
}

// mkdir makes a folder for the server's user, or corrects its owner and mode.
func (o *owner) mkdir(dir string, mode os.FileMode) error {
	if err := os.Mkdir(dir, mode); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return errors.Join(o.give(dir), os.Chmod(dir, mode))
}

// place makes dir, or a replacement under /var/tmp when the server cannot use dir, and returns its path
// without symbolic links.
func place(dir string, o *owner) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	parent, err := filepath.EvalSymlinks(filepath.Dir(dir))
	if err != nil {
		return "", err
	}
	dir = filepath.Join(parent, filepath.Base(dir))
	if len(filepath.Join(dir, "socket", socketName)) > socketPathMost || !o.reaches(parent) {
		if parent, err = filepath.EvalSymlinks("/var/tmp"); err != nil { // a link on macOS
			return "", err
		}
		dir = filepath.Join(parent, fmt.Sprintf("shtab-%x", sha256.Sum256([]byte(dir)))[:22])
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	// In a world-writable folder another user may have made it first.
	fi, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !fi.IsDir() || !ok || st.Uid != o.uid && st.Uid != uint32(os.Geteuid()) {
		return "", fmt.Errorf("%s belongs to somebody else", dir)
	}
	return dir, o.mkdir(dir, 0o700)
}

// reaches reports whether the server's user may enter dir.
func (o *owner) reaches(dir string) bool {
	if o.credential == nil {
		return true
	}
	for ; ; dir = filepath.Dir(dir) {
		var st syscall.Stat_t
		err := syscall.Stat(dir, &st)
		switch {
		case err != nil:
			return false
		case st.Uid == o.uid:
			if st.Mode&0o100 == 0 {
				return false
			}
		case st.Gid == o.gid:
			if st.Mode&0o010 == 0 {
				return false
			}
		case st.Mode&0o001 == 0:
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// lock is a lock on a file (flock). The system releases it when the process exits in any way.
type lock struct{ f *os.File }

// lockFile waits for an exclusive lock on the file.
func lockFile(ctx context.Context, name string) (*lock, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return &lock{f}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// shareFile takes a shared lock on the file. An exclusive lock is held only together with start.lock,
// which the caller has, so it does not wait.
func shareFile(name string) (*lock, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	l := &lock{f}
	if err := l.share(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

func (l *lock) share() error { return syscall.Flock(int(l.f.Fd()), syscall.LOCK_SH) }

// alone tries to turn a shared lock into an exclusive one.
func (l *lock) alone() bool {
	return syscall.Flock(int(l.f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

func (l *lock) release() { _ = l.f.Close() }
