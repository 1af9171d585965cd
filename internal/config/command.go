package config

import (
	"context"
	"io"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// Env is what a command gets from the outside besides its settings.
type Env struct {
	Context context.Context
	Stdout  io.Writer
}

// Version is the version that the build set, or else the module's.
func Version(built string) string {
	if built != "" {
		return built
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}

// Run parses args into commands, a pointer to a struct of kong commands, and runs the one that they
// name with an *Env. A request for help prints it and is no error. options may add what the struct's
// tags refer to.
func Run(
	ctx context.Context, commands any, description string, args []string, getenv func(string) string, stdout io.Writer,
	options ...kong.Option,
) error {
	exit := -1
	parser, err := kong.New(commands, append(options,
		kong.Description(description), kong.UsageOnError(), kong.Writers(stdout, stdout),
		kong.Exit(func(code int) { exit = code }), kong.Resolvers(FileResolver(getenv)))...)
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if exit == 0 { // --help or --version has printed
		return nil
	}
	if err != nil {
		return err
	}
	return parsed.Run(&Env{Context: ctx, Stdout: stdout})
}
