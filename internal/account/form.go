package account

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"shtab/internal/fault"
)

// The bounds of what people type, in characters, and of their age, in years.
const (
	emailMax = 254
	nameMax  = 80
	phoneMax = 40
	ageMax   = 120
	nextMax  = 1000
)

// domains checks a mail domain and writes it in ASCII.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// ParseEmail reads an e-mail into the one form that it is kept in: lower case, an international
// domain in its ASCII form. Only addresses that mail servers everywhere take are accepted.
func ParseEmail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > emailMax || len(local) > 64 || strings.ContainsAny(local, `"\`) ||
		strings.ContainsFunc(local, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", false
	}
	domain, err := domains.ToASCII(domain)
	dot := strings.LastIndexByte(domain, '.')
	if err != nil || dot < 1 || len(domain)-dot-1 < 2 || strings.Trim(domain[dot+1:], "0123456789") == "" {
		return "", false
	}
	s = local + "@" + strings.ToLower(domain)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || len(s) > emailMax {
		return "", false
	}
	return s, true
}

func readEmail(f fault.Fields, s string) string {
	email, ok := ParseEmail(s)
	if !ok {
		f.Add("email", "account.error.email")
	}
	return email
}

// ReadName reads a given or family name of any script, with single spaces inside.
func ReadName(f fault.Fields, field, s string) string {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		f.Add(field, "account.error.name_letters")
		return ""
	}
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	letters := 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsMark(r) && letters > 0, strings.ContainsRune(" -‐‑'’‘`", r):
		default:
			f.Add(field, "account.error.name_letters")
			return ""
		}
	}
	switch {
	case s == "":
		f.Add(field, "account.error."+field+"_missing")
	case letters == 0:
		f.Add(field, "account.error.name_letters")
	case utf8.RuneCountInString(s) > nameMax:
		f.Add(field, "account.error.name_long")
	}
	return s
}

// readBirthDate reads a date as a date field sends it (2008-11-05) or as people write it here
// (05.11.2008). zone is where today is. The date that it returns is midnight UTC.
func readBirthDate(f fault.Fields, s string, now time.Time, zone *time.Location) time.Time {
	s = strings.TrimSpace(s)
	if s == "" {
		f.Add("birth_date", "account.error.birth_date_missing")
		return time.Time{}
	}
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		d, err = time.Parse("02.01.2006", s)
	}
	if err != nil {
		f.Add("birth_date", "account.error.birth_date")
		return time.Time{}
	}
	year, month, day := now.In(zone).Date()
	today := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	switch {
	case d.After(today):
		f.Add("birth_date", "account.error.birth_date_future")
	case d.Before(today.AddDate(-ageMax, 0, 0)):
		f.Add("birth_date", "account.error.birth_date_old")
	}
	return d
}

// readPhone reads a phone number, a Kazakh one unless it begins with +, into E.164. Empty is
// allowed: a phone is nobody's duty.
func readPhone(f fault.Fields, s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	odd := func(r rune) bool { return !strings.ContainsRune("0123456789+()-–. \u00a0", r) }
	if len(s) > phoneMax || strings.ContainsFunc(s, odd) {
		f.Add("phone", "account.error.phone")
		return ""
	}
	n, err := phonenumbers.Parse(s, "KZ")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		f.Add("phone", "account.error.phone")
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// ownPath is s if it is a path of this site, otherwise empty.
func ownPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.Contains(s, `\`) || len(s) > nextMax ||
		!utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

// orNull is nil for an empty string, for columns where nothing is null.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// dateOrNull is nil for the zero time.
func dateOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
