package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

type userCmd struct {
	Create userCreateCmd `cmd:"" help:"Make a user. The password is read from standard input."`
}

type userCreateCmd struct {
	config.Config
	Email      string `required:"" help:"The e-mail to sign in with."`
	GivenName  string `required:"" help:"Given name."`
	FamilyName string `required:"" help:"Family name."`
	Role       string `enum:"volunteer,staff,admin" default:"volunteer" help:"volunteer, staff or admin."`
}

// Run makes the user.
func (c *userCreateCmd) Run(e *env) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is needed")
	}
	fmt.Fprint(e.stdout, "password: ")
	password, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && password == "" {
		return errors.New("no password on standard input")
	}
	city, err := config.LoadCity(c.CityFile)
	if err != nil {
		return err
	}
	pool, err := postgres.Open(e.ctx, c.DatabaseURL, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	out, err := outbox.New(pool)
	if err != nil {
		return err
	}
	accounts := account.NewStore(pool, out, city, account.NewHasher())
	if err := accounts.CreateUser(e.ctx, c.Email, strings.TrimRight(password, "\r\n"), c.GivenName, c.FamilyName, account.Role(c.Role), time.Now()); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "\n%s is %s\n", c.Email, c.Role)
	return nil
}
