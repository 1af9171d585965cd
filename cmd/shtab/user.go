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
	"shtab/internal/mfa"
	"shtab/internal/outbox"
	"shtab/web/mail"
)

type userCmd struct {
	Create      userCreateCmd      `cmd:"" help:"Make a user. The password is read from standard input."`
	FactorReset userFactorResetCmd `cmd:"" help:"Take somebody's second factor away, for an administrator who has lost the only one."`
}

type userCreateCmd struct {
	config.Config
	Email      string `required:"" help:"The e-mail to sign in with."`
	GivenName  string `required:"" help:"Given name."`
	FamilyName string `required:"" help:"Family name."`
	Role       string `enum:"${roles}" default:"volunteer" help:"One of ${roles}."`
}

// Run creates the user.
func (c *userCreateCmd) Run(e *config.Env) error {
	accounts, _, leave, err := people(e, c.Config)
	if err != nil {
		return err
	}
	defer leave()
	fmt.Fprint(e.Stdout, "password: ")
	password, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && password == "" {
		return errors.New("no password on standard input")
	}
	if err := accounts.CreateUser(
		e.Context, c.Email, strings.TrimRight(password, "\r\n"), c.GivenName, c.FamilyName, account.Role(c.Role),
		time.Now(),
	); err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "\n%s is %s\n", c.Email, c.Role)
	return nil
}

type userFactorResetCmd struct {
	config.Config
	Email string `required:"" help:"The e-mail that the person signs in with."`
}

// Run removes the person's second factors and signs them out. Staff add another at their next login.
func (c *userFactorResetCmd) Run(e *config.Env) error {
	_, factors, leave, err := people(e, c.Config)
	if err != nil {
		return err
	}
	defer leave()
	if err := factors.ResetByEmail(e.Context, c.Email, time.Now()); err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "%s has no second factor any more and is signed out\n", c.Email)
	return nil
}

// people opens the stores of accounts and second factors; leave closes the database.
func people(e *config.Env, c config.Config) (*account.Store, *mfa.Store, func(), error) {
	city, err := config.LoadCity(c.CityFile)
	if err != nil {
		return nil, nil, nil, err
	}
	pool, err := open(e, c.DatabaseURL)
	if err != nil {
		return nil, nil, nil, err
	}
	out, err := outbox.New(pool, mail.Urgencies())
	if err != nil {
		pool.Close()
		return nil, nil, nil, err
	}
	accounts := account.NewStore(pool, out, city, account.NewHasher())
	factors, err := mfa.NewStore(pool, out, accounts, c.BaseURL)
	return accounts, factors, pool.Close, err
}
