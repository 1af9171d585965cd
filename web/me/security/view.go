package security

import (
	"net/url"
	"strings"

	"shtab/internal/account"
	"shtab/internal/mfa"
)

// securityView is how a person signs in, and where they are signed in.
type securityView struct {
	MFA      mfa.Status
	Sessions []account.Session
	Passkeys bool   // the portal takes passkeys
	Device   string // what a passkey made here is called, unless told otherwise
	Problems map[string]string
}

// appView is an authenticator app that is being added.
type appView struct {
	MFA      mfa.Status
	Secret   string
	URI      string // what the QR holds
	Next     string // the page to go on to
	Problems map[string]string
}

// grouped is the secret as people type it, four letters at a time.
func (v appView) grouped() string {
	var b strings.Builder
	for i, r := range v.Secret {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// codesView is a person's new recovery codes.
type codesView struct {
	Codes []string
	Next  string // the page to go on to
	First bool   // they come with the first second factor
}

// file is the codes as the text file that the page offers.
func (v codesView) file() string {
	return "data:text/plain;charset=utf-8," + url.PathEscape(strings.Join(v.Codes, "\r\n")+"\r\n")
}

// emailView asks for a new e-mail, or for the code that was mailed to it.
type emailView struct {
	Awaited  string // the e-mail whose code is waited for
	Email    string
	Code     string
	Problems map[string]string
}
