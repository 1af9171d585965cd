// Package config reads the settings of the program, and the facts and thresholds of one city and its
// headquarters.
package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Config is the settings of a running portal. Each may be given as a flag, in the environment, or in a file whose
// path is in NAME_FILE, which keeps a secret out of the environment.
type Config struct {
	DatabaseURL string     `env:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL. The demonstration makes a private cluster without it."`
	Listen      string     `env:"LISTEN_ADDR" default:"127.0.0.1:8080" help:"Address to serve on."`
	BaseURL     string     `env:"BASE_URL" placeholder:"URL" help:"The portal's own address in links and mails. Default: http:// and the address served on."`
	SMTPURL     string     `env:"SMTP_URL" placeholder:"URL" help:"Mail server: smtp://user:password@host:587?tls=mandatory. Empty: mails are kept in the database."`
	CityFile    string     `env:"CITY_CONFIG" placeholder:"FILE" help:"The city's name, districts and thresholds. Default: Astana."`
	MetricsAddr string     `env:"METRICS_ADDR" placeholder:"ADDR" help:"Address of the metrics listener. Empty: none."`
	Proxies     []string   `env:"TRUSTED_PROXIES" sep:"," placeholder:"NET,..." help:"Networks of proxies whose X-Forwarded-For is trusted."`
	RateLimits  string     `env:"RATE_LIMITS" enum:"on,off" default:"on" help:"Limits on log-in, registration and reset; off for load tests."`
	MaxConns    int        `env:"DATABASE_CONNS" default:"0" help:"Database connections at most. 0: two a core and two for jobs."`
	LogLevel    slog.Level `env:"LOG_LEVEL" default:"info" help:"debug, info, warn or error."`
}

// Validate checks what kong cannot, and fills in what follows from other settings. kong calls it.
func (c *Config) Validate() error {
	if c.BaseURL == "" {
		c.BaseURL = "http://" + strings.Replace(c.Listen, "127.0.0.1", "localhost", 1)
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("BASE_URL must be http(s)://host, without a path: %q", c.BaseURL)
	}
	c.BaseURL = u.Scheme + "://" + u.Host
	c.Proxies = slices.DeleteFunc(c.Proxies, func(p string) bool { return p == "" })
	for _, p := range c.Proxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			return fmt.Errorf("TRUSTED_PROXIES: %w", err)
		}
	}
	return nil
}

// FileResolver reads a setting NAME from the file whose path is in NAME_FILE, for secrets that are mounted.
func FileResolver(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if file := getenv(name + "_FILE"); file != "" {
				b, err := os.ReadFile(file)
				if err != nil {
					return nil, fmt.Errorf("%s_FILE: %w", name, err)
				}
				return strings.TrimSpace(string(b)), nil
			}
		}
		return nil, nil
	})
}
