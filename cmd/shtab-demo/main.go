// Shtab-demo is the portal with a made-up headquarters, for a first look and for development. Without a
// given database it runs a private PostgreSQL; it migrates and fills it on the first start. Its passwords
// are public, so it listens on this machine only and refuses a database with an account of a real person.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"shtab/internal/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "shtab-demo:", err)
		os.Exit(1)
	}
}

type commands struct {
	Serve serveCmd `cmd:"" default:"withargs" help:"Serve the demonstration, made first where it is missing."`
	Seed  seedCmd  `cmd:"" help:"Fill an empty, migrated database with the demonstration."`

	Version kong.VersionFlag `help:"Print the version."`
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	return config.Run(ctx, &commands{}, "Shtab with a made-up headquarters, on this machine only.", args, getenv,
		stdout,
		kong.Name("shtab-demo"), kong.Vars{"version": config.Version("")})
}

var errBeyondLoopback = errors.New(
	"the demonstration's passwords are known to everybody: it listens on 127.0.0.1, [::1] or localhost only")

// onLoopback reports an address that other machines could reach.
func onLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return errBeyondLoopback
}
