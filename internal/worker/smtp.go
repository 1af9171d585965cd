package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// smtpTimeout bounds the connection, and once more the sending of one mail.
const smtpTimeout = 15 * time.Second

// smtp sends through a mail server, one connection a mail.
type smtp struct {
	client *gomail.Client
	from   string
	host   string
}

// newSMTP reads SMTP_URL: smtp://user:password@host:587?tls=mandatory|opportunistic|none
// (mandatory when not said) or smtps://user:password@host:465 for TLS from the first byte. host is the
// portal's own name, for HELO and Message-ID. Its errors do not repeat the URL, which may hold a
// password.
func newSMTP(smtpURL, from, host string) (*smtp, error) {
	bad := func(what string) error {
		return errors.New("worker: SMTP_URL must be like smtp://user:password@host:587?tls=mandatory: " + what)
	}
	u, err := url.Parse(smtpURL)
	if err != nil || u.Hostname() == "" {
		return nil, bad("no host found")
	}
	if from == "" {
		return nil, errors.New("worker: the city's e-mail is needed to send mails from")
	}
	helo := host
	if ip := net.ParseIP(host); ip != nil {
		helo = "[" + host + "]" // an address literal, RFC 5321
	}
	port := 587
	opts := []gomail.Option{gomail.WithHELO(helo), gomail.WithTimeout(smtpTimeout)}
	switch u.Scheme {
	case "smtps":
		port = 465
		opts = append(opts, gomail.WithSSL())
	case "smtp":
		policy, ok := map[string]gomail.TLSPolicy{
			"": gomail.TLSMandatory, "mandatory": gomail.TLSMandatory,
			"opportunistic": gomail.TLSOpportunistic, "none": gomail.NoTLS,
		}[u.Query().Get("tls")]
		if !ok {
			return nil, bad("tls is mandatory, opportunistic or none")
		}
		opts = append(opts, gomail.WithTLSPolicy(policy))
	default:
		return nil, bad("the scheme is smtp or smtps")
	}
	if s := u.Port(); s != "" {
		if port, err = strconv.Atoi(s); err != nil {
			return nil, bad("the port is a number")
		}
	}
	opts = append(opts, gomail.WithPort(port))
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		opts = append(opts,
			gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(name), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), opts...)
	if err != nil {
		return nil, bad("the mail client refuses it")
	}
	return &smtp{client: client, from: from, host: host}, nil
}

func (s *smtp) send(ctx context.Context, d delivery) error {
	m := gomail.NewMsg()
	if err := m.FromFormat(d.Sender, s.from); err != nil {
		return errors.New("smtp: the city's e-mail is no address")
	}
	if err := m.To(d.To); err != nil {
		return fmt.Errorf("smtp: the recipient is no address: %w", errRefused)
	}
	// The same for every attempt, and no other job's, even if the numbers begin anew.
	m.SetMessageIDWithValue(fmt.Sprintf("%d.%d@%s", d.jobID, d.queuedAt.UnixMicro(), s.host))
	m.SetDate()
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", string(d.Lang))
	m.Subject(d.Subject)
	m.SetBodyString(gomail.TypeTextPlain, d.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, d.HTML)
	if d.Calendar != nil {
		if err := m.AttachReader("event.ics", bytes.NewReader(d.Calendar),
			gomail.WithFileContentType("text/calendar; charset=utf-8; method=PUBLISH")); err != nil {
			return err
		}
	}
	err := s.client.DialAndSendWithContext(ctx, m)
	if err == nil || m.IsDelivered() {
		return nil // what went wrong after the server had taken it must not send it twice
	}
	return clean(err)
}

// clean says what went wrong without the server's words, which like to repeat the recipient's
// address: the queue stores errors.
func clean(err error) error {
	e, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		_, network := errors.AsType[net.Error](err)
		if network || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			return fmt.Errorf("smtp: %w", err) // names the server, nobody else
		}
		return errors.New("smtp: the server did not let us begin: check host, TLS, user and password of SMTP_URL")
	}
	said := fmt.Errorf("smtp: %s: %s", e.Reason,
		strings.TrimSpace(fmt.Sprint(e.ErrorCode(), " ", e.EnhancedStatusCode())))
	// 5xx to RCPT TO is about this reader, except where it is about us: 530 wants a password,
	// 5.7.x is a policy, such as "relaying denied".
	refused := e.Reason == gomail.ErrSMTPRcptTo && e.ErrorCode() >= 500 && e.ErrorCode() != 530 &&
		!strings.HasPrefix(e.EnhancedStatusCode(), "5.7.")
	if refused {
		return fmt.Errorf("%w: %w", said, errRefused)
	}
	return said
}
