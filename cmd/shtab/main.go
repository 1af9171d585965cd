// Shtab is the portal of a city volunteer headquarters. This program serves it, migrates its database,
// checks its figures and creates its first users. The demonstration is another program, shtab-demo.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"shtab/internal/account"
	"shtab/internal/config"
)

// version is set by the build: -ldflags "-X main.version=...".
var version string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "shtab:", err)
		os.Exit(1)
	}
}

// commands is the commands of the program; each has its own file.
type commands struct {
	Serve   serveCmd         `cmd:"" help:"Serve the portal. The database must be migrated."`
	Migrate migrateCmd       `cmd:"" help:"Bring the database's schema up to date."`
	User    userCmd          `cmd:"" help:"Make a user: the first administrator, before all."`
	Totals  totalsCmd        `cmd:"" help:"The headquarters' figures: check them against the ledger, or write them anew."`
	Version kong.VersionFlag `help:"Print the version."`
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	return config.Run(ctx, &commands{}, "The web portal of a city volunteer headquarters.", args, getenv, stdout,
		kong.Name("shtab"), kong.Vars{"version": config.Version(version), "roles": roles()})
}

// roles is every role, as kong lists the values of a flag.
func roles() string {
	var names []string
	for _, r := range account.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ",")
}
