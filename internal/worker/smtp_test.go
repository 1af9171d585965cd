package worker

import (
	"bufio"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	emersion "github.com/emersion/go-smtp"

	"shtab/internal/i18n"
	"shtab/internal/poll"
)

// post is a mail server in process.
type post struct {
	mu      sync.Mutex
	answers []error // to RCPT TO, one each; then nil
	got     []string
}

func (p *post) NewSession(*emersion.Conn) (emersion.Session, error) { return session{p}, nil }

type session struct{ *post }

func (session) Reset()                                   {}
func (session) Logout() error                            { return nil }
func (session) Mail(string, *emersion.MailOptions) error { return nil }
func (s session) Rcpt(string, *emersion.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.answers) == 0 {
		return nil
	}
	err := s.answers[0]
	s.answers = s.answers[1:]
	return err
}

func (s session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, string(b))
	return err
}

func (p *post) mails() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.got...)
}

// serve runs the server until the test ends and returns its SMTP_URL.
func (p *post) serve(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := emersion.NewServer(p)
	s.Domain = "mail.example"
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return "smtp://" + l.Addr().String() + "?tls=none"
}

// jobs counts the mail jobs in a state.
func (f *fixture) jobsIn(t *testing.T, state string) (n int) {
	t.Helper()
	f.row(t, &n, `select count(*) from river_job where kind = 'mail' and state::text = $1`, state)
	return n
}

func TestSMTPOnceEach(t *testing.T) {
	f, p := newFixture(t), &post{}
	f.deps.SMTPURL = p.serve(t)
	for _, l := range i18n.Langs {
		f.send(t, f.message(t, l))
	}
	f.start(t)
	poll.Until(t, "three jobs were done", func() bool { return f.jobsIn(t, "completed") == 3 })
	if n := len(p.mails()); n != 3 {
		t.Fatalf("%d mails for three jobs", n)
	}
	ids := map[string]bool{}
	for _, raw := range p.mails() {
		m, err := mail.ReadMessage(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		ids[m.Header.Get("Message-ID")] = true
		from, err := m.Header.AddressList("From")
		if err != nil || from[0].Address != "shtab@shtab.test" || from[0].Name == "" {
			t.Error(from, err)
		}
		if s := m.Header.Get("Auto-Submitted"); s != "auto-generated" {
			t.Error("Auto-Submitted: ", s)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || !strings.Contains(subject, subjects[i18n.Lang(m.Header.Get("Content-Language"))]) {
			t.Error(subject, err)
		}
		for _, part := range []string{"text/plain", "text/html", "text/calendar"} {
			if !strings.Contains(raw, part) {
				t.Error(part, " is missing")
			}
		}
	}
	if len(ids) != 3 {
		t.Error("Message-IDs: ", ids)
	}
}

func TestSMTPTriesAgainLater(t *testing.T) {
	greylisted := &emersion.SMTPError{Code: 451, EnhancedCode: emersion.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	f, p := newFixture(t), &post{answers: []error{greylisted}}
	f.deps.SMTPURL = p.serve(t)
	f.send(t, f.message(t, i18n.KK))
	f.start(t)
	poll.Until(t, "the job was done", func() bool { return f.jobsIn(t, "completed") == 1 })
	var attempt int
	f.row(t, &attempt, `select attempt from river_job where kind = 'mail'`)
	if len(p.mails()) != 1 || attempt != 2 {
		t.Errorf("%d mails after %d attempts", len(p.mails()), attempt)
	}
}

func TestSMTPRefusalOfTheReader(t *testing.T) {
	answer := func(c, d int, message string) *emersion.SMTPError {
		return &emersion.SMTPError{Code: c, EnhancedCode: emersion.EnhancedCode{5, d, 1}, Message: message}
	}
	for _, c := range []struct {
		answer *emersion.SMTPError
		state  string
	}{
		{answer(550, 1, "no such user as aliya@mail.example"), "cancelled"},
		{answer(554, 7, "relaying denied for aliya@mail.example"), "completed"}, // ours to mend: tried again
	} {
		f, p := newFixture(t), &post{answers: []error{c.answer}}
		f.deps.SMTPURL = p.serve(t)
		f.send(t, f.message(t, i18n.KK))
		f.start(t)
		what := fmt.Sprintf("after %d the job is %s", c.answer.Code, c.state)
		poll.Until(t, what, func() bool { return f.jobsIn(t, c.state) == 1 })
		var errs string
		f.row(t, &errs, `select errors::text from river_job where kind = 'mail'`)
		if strings.Contains(errs, "@") || !strings.Contains(errs, fmt.Sprint(c.answer.Code)) {
			t.Error("the queue keeps: ", errs)
		}
	}
}

// TestSMTPTakenIsSent has a server that takes the mail and then is gone before RSET and QUIT.
func TestSMTPTakenIsSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var mu sync.Mutex
	taken := 0
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(c, "220 mail.example\r\n")
			for in := bufio.NewScanner(c); in.Scan(); {
				if in.Text() == "DATA" {
					fmt.Fprint(c, "354 go on\r\n")
					for in.Scan() && in.Text() != "." {
					}
					mu.Lock()
					taken++
					mu.Unlock()
					fmt.Fprint(c, "250 taken\r\n")
					break
				}
				fmt.Fprint(c, "250 mail.example\r\n")
			}
			c.Close()
		}
	}()
	f := newFixture(t)
	f.deps.SMTPURL = "smtp://" + l.Addr().String() + "?tls=none"
	f.send(t, f.message(t, i18n.KK))
	f.start(t)
	poll.Until(t, "the job was done", func() bool { return f.jobsIn(t, "completed") == 1 })
	mu.Lock()
	defer mu.Unlock()
	if taken != 1 {
		t.Errorf("sent %d times", taken)
	}
}
