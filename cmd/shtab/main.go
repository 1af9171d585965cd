// Shtab is the portal of a city volunteer headquarters. This program serves it, migrates its
// database, fills it with demonstration data and makes users; everything else stands in internal.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
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
		fmt.Fprintln(os.Stderr, "shtab:", err)
		os.Exit(1)
	}
}

// commands is every command of the program; each stands in a file of its own.
type commands struct {
	Serve   serveCmd   `cmd:"" help:"Serve the portal. The database must be migrated."`
	Demo    demoCmd    `cmd:"" help:"Serve the demonstration: private PostgreSQL where none is given, migrated, seeded when empty."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schema up to date."`
	Seed    seedCmd    `cmd:"" help:"Fill an empty database with the demonstration headquarters."`
	User    userCmd    `cmd:"" help:"Make a user: the first administrator, before all."`
	Totals  totalsCmd  `cmd:"" help:"The headquarters' figures: hold the summaries against the ledger."`
}

// env is what a command gets from the outside besides its settings.
type env struct {
	ctx    context.Context
	stdout io.Writer
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	var cmds commands
	exit := -1
	parser, err := kong.New(&cmds, kong.Name("shtab"),
		kong.Description("The web portal of a city volunteer headquarters."),
		kong.UsageOnError(), kong.Writers(stdout, stdout), kong.Exit(func(code int) { exit = code }),
		kong.Resolvers(config.Files(getenv)))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if exit == 0 { // --help has printed
		return nil
	}
	if err != nil {
		return err
	}
	return parsed.Run(&env{ctx: ctx, stdout: stdout})
}

// logger writes JSON lines: no personal data goes into them.
func logger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}
