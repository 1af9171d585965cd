package main

import (
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shtab/internal/poll"
	"shtab/internal/postgres/pgtest"
	"shtab/migrations"
)

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func noEnv(string) string { return "" }

// TestServeDrains stops a portal under load as a signal does, and checks that every accepted request is
// answered and no connection is reset.
func TestServeDrains(t *testing.T) {
	addr, metrics := freePort(t), freePort(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{
			"serve", "--rate-limits=off", "--database-url", pgtest.New(t), "--listen", addr, "--metrics-addr", metrics,
			"--log-level", "error",
		}, noEnv, io.Discard)
	}()
	get := func(client *http.Client, url string) (int, string, error) {
		resp, err := client.Get(url)
		if err != nil {
			return 0, "", err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b), err
	}
	if !t.Run("it is ready", func(t *testing.T) {
		poll.Until(t, "it is ready", func() bool {
			status, _, err := get(http.DefaultClient, "http://"+addr+"/readyz")
			return err == nil && status == http.StatusOK
		})
	}) {
		return
	}
	var answered atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			for {
				// The client does not retry a POST, so a reset connection is noticed.
				resp, err := client.Post(
					"http://"+addr+"/kk/register", "application/x-www-form-urlencoded",
					io.MultiReader(strings.NewReader("email=x")),
				)
				if err != nil {
					t.Error(err)
					return
				}
				b, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				status, body := resp.StatusCode, string(b)
				if err != nil || status != 422 || !strings.Contains(body, "</html>") {
					t.Errorf("%d, %d bytes, %v", status, len(body), err)
					return
				}
				answered.Add(1)
				if resp.Close {
					return // told to leave, as a balancer is by /readyz
				}
			}
		})
	}
	poll.Until(t, "it works under load", func() bool { return t.Failed() || answered.Load() >= 50 })
	t.Run("the metrics name the route", func(t *testing.T) {
		status, body, err := get(http.DefaultClient, "http://"+metrics+"/metrics")
		if err != nil || status != 200 || !strings.Contains(body, `route="/{lang:(?:kk|ru|en)}/register"`) {
			t.Errorf("metrics: %d %v", status, err)
		}
	})
	stop()
	wg.Wait() // each request is answered
	t.Run("it ends", func(t *testing.T) {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Fatal("it did not end")
		}
	})
}

func TestCommands(t *testing.T) {
	version = "v1.2.3" // as the build sets it
	t.Cleanup(func() { version = "" })
	url := pgtest.New(t)
	files, err := fs.Glob(migrations.FS, "*.up.sql")
	if err != nil {
		t.Fatal(err)
	}
	newest := strings.TrimLeft(files[len(files)-1][:4], "0")
	for args, want := range map[string]string{
		"migrate --database-url=" + url: "schema version " + newest + "\n",
		"serve --help":                  "DATABASE_URL",
		"--version":                     "v1.2.3\n",
	} {
		var out strings.Builder
		err := run(t.Context(), strings.SplitN(args, " ", 2), noEnv, &out)
		if err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v\n%s", args, err, &out)
		}
	}
	for _, args := range [][]string{
		{"serve"}, {"seed"}, {"demo"}, {"nonsense"}, {"serve", "--database-url=x", "--base-url=ftp://x"},
	} {
		if err := run(t.Context(), args, noEnv, io.Discard); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

// TestSecretFromAFile checks that a setting can be given as NAME_FILE.
func TestSecretFromAFile(t *testing.T) {
	file := t.TempDir() + "/url"
	if err := os.WriteFile(file, []byte(pgtest.New(t)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	env := func(name string) string { return map[string]string{"DATABASE_URL_FILE": file}[name] }
	err := run(t.Context(), []string{"migrate"}, env, &out)
	if err != nil || !strings.Contains(out.String(), "schema version") {
		t.Errorf("%v\n%s", err, &out)
	}
}
