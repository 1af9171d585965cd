//go:build unix

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"shtab/internal/postgres/private"
)

// holdVariable is the environment variable that makes a test binary the holder of the cluster in the
// folder that it names.
const holdVariable = "SHTAB_PGTEST_HOLD"

// linger is how long the unused cluster keeps running: between the packages of one `go test ./...`
// there are pauses for compiling.
const linger = 15 * time.Second

// init turns a test binary that was started as the holder into one. A test process does not know when
// its tests end, so it cannot stop the cluster itself. Instead the first one starts its own binary
// again as a separate process, which stops the cluster once it has been idle for a while, and exits.
func init() {
	dir := os.Getenv(holdVariable)
	if dir == "" {
		return
	}
	if err := hold(dir); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func hold(dir string) error {
	c, err := private.Start(context.Background(), dir, private.Options{FastUnsafe: true})
	if err != nil {
		return err
	}
	for {
		only, err := onlyHolder(c.Dir())
		if err != nil || only == nil { // another process is the holder
			return errors.Join(err, c.Stop())
		}
		for idle := time.Duration(0); idle < linger; idle += time.Second {
			time.Sleep(time.Second)
			alone, err := c.Alone()
			if err != nil {
				return err
			}
			if !alone {
				idle = 0
			}
		}
		// Release the lock first: a process that starts while the cluster stops must start a new holder.
		_ = only.Close()
		if stopped, err := c.StopIfAlone(); stopped || err != nil {
			return err
		}
	}
}

// ensureHolder starts the holder of the cluster in dir unless one is running.
func ensureHolder(c *private.Cluster, dir string) error {
	only, err := onlyHolder(c.Dir())
	if err != nil || only == nil {
		return err
	}
	_ = only.Close() // the holder takes it; of two holders started at once one exits
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), holdVariable+"="+dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C ends the tests, not the holder
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}

// onlyHolder takes the holder's lock. It returns nil when a holder has it already.
func onlyHolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "holder.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = nil
	}
	return nil, errors.Join(err, f.Close())
}
