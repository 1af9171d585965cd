package guardian_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres/pgtest"
	"shtab/internal/signup"
)

// noon is the time of the question: a Monday, 12:00 in Astana. The event begins two months later, at noon.
var (
	noon   = time.Date(2026, 6, 1, 7, 0, 0, 0, time.UTC)
	starts = noon.AddDate(0, 2, 0)
)

// world is a database in which a minor waits for consent to one event and has asked a guardian.
type world struct {
	testing.TB
	db       *pgxpool.Pool
	store    *guardian.Store
	minor    account.Actor
	event    int64
	signup   int64
	guardian int64
	token    string // of the guardian's link, mailed at noon
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, db: pgtest.Pool(t)}
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	out, err := outbox.New(w.db, nil)
	if err != nil {
		t.Fatal(err)
	}
	signups := signup.NewStore(w.db, out, city)
	w.store = guardian.NewStore(w.db, out, city, account.NewStore(w.db, out, city, account.NewHasher()), signups)
	org := w.id(`insert into org (slug, kind, name, joined_on)
		values ('host', 'ngo', '{"ru": "Хозяин"}', '2020-01-01') returning id`)
	campaign := w.id(`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
		values ('c', $1, '{}', '{}', 'leaf', 'tree', '2026-01-01') returning id`, org)
	w.event = w.id(`insert into event
		(campaign_id, org_id, state, title, place, starts_at, ends_at, created_at, published_at, updated_at)
		values ($1, $2, 'published', '{"ru": "Посадка"}', '{"ru": "Парк"}', $3, $4, $5, $5, $5) returning id`,
		campaign, org, starts, starts.Add(2*time.Hour), noon.AddDate(0, 0, -7))
	shift := w.id(`insert into shift (event_id, starts_at, ends_at, capacity) values ($1, $2, $3, 20) returning id`,
		w.event, starts, starts.Add(2*time.Hour))
	w.minor = account.Actor{Email: "minor@mail.kz", PersonID: w.id(`
		insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
		values ('Айдана', 'Серікова', '2011-01-15', 'calendar', '2026-05-01') returning id`)}
	r, err := signups.Join(t.Context(), w.minor, shift, noon)
	if err != nil || r.State != signup.AwaitingConsent {
		t.Fatalf("join: %+v, %v", r, err)
	}
	w.signup = r.SignupID

	form := guardian.Form{
		Name: "Гүлнар Серікова", Relation: guardian.Mother, Email: "mother@mail.kz", Lang: i18n.KK,
	}
	if err := w.store.Ask(t.Context(), w.minor, form, noon); err != nil {
		t.Fatal(err)
	}
	w.guardian = w.id(`select id from guardian`)
	l, err := w.store.AskLetter(t.Context(), w.guardian, w.id(`select id from guardian_ask`), noon)
	if err != nil || len(l.Questions) != 1 || l.Child != "Айдана С." {
		t.Fatalf("the mail with the question: %+v, %v", l, err)
	}
	w.token = l.Token
	return w
}

func (w *world) id(sql string, args ...any) (id int64) {
	w.Helper()
	if err := w.db.QueryRow(w.Context(), sql, args...).Scan(&id); err != nil {
		w.Fatal(err)
	}
	return id
}

// choose answers and returns the mailed code.
func (w *world) choose(scope string, now time.Time) (code string) {
	w.Helper()
	answer := guardian.Choice{Scope: scope, Name: "Гүлнар Серікова"}
	if err := w.store.Choose(w.Context(), w.token, answer, now); err != nil {
		w.Fatal(err)
	}
	l, err := w.store.CodeLetter(w.Context(), w.guardian, now)
	if err != nil {
		w.Fatal(err)
	}
	return l.Code
}

// agree answers and confirms the answer with its code.
func (w *world) agree(scope string, now time.Time) {
	w.Helper()
	code := w.choose(scope, now)
	if err := w.store.Agree(w.Context(), w.token, code, guardian.Origin{Lang: i18n.KK}, now); err != nil {
		w.Fatal(err)
	}
}

// thisEvent is the answer that agrees to the event.
func (w *world) thisEvent() string { return guardian.FormatScope(guardian.Event, w.event) }

// wantSignup expects the state of the minor's sign-up and why it was cancelled; an empty cause means it was not.
func (w *world) wantSignup(state signup.State, cause signup.CancelCause) {
	w.Helper()
	var got signup.State
	var why signup.CancelCause
	err := w.db.QueryRow(w.Context(), `select state, coalesce(cancel_cause, '') from signup where id = $1`, w.signup).
		Scan(&got, &why)
	if err != nil || got != state || why != cause {
		w.Errorf("the sign-up is %s (%s), %v; want %s (%s)", got, why, err, state, cause)
	}
}

func (w *world) wantFault(err error, kind fault.Kind) {
	w.Helper()
	if fault.Of(err) != kind {
		w.Errorf("%v; want kind %d", err, kind)
	}
}

// TestLinkExpiry: a link lasts 14 days, or, once somebody has answered through it, until the volunteer is of age.
func TestLinkExpiry(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	const life = 14 * 24 * time.Hour
	if _, err := w.store.Open(ctx, w.token, noon.Add(life-time.Second)); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	for name, open := range map[string]struct {
		token string
		now   time.Time
	}{
		"expired": {w.token, noon.Add(life)},
		"wrong":   {w.token + "A", noon},
		"empty":   {"", noon},
	} {
		if _, err := w.store.Open(ctx, open.token, open.now); fault.Of(err) != fault.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}

	w.agree(w.thisEvent(), noon)
	if p, err := w.store.Open(ctx, w.token, noon.AddDate(1, 0, 0)); err != nil || !p.Verified() {
		t.Errorf("a used link after a year: verified %v, %v", p.Verified(), err)
	}
	birthday := time.Date(2029, 1, 14, 19, 0, 0, 0, time.UTC) // midnight in Astana, the eighteenth
	if _, err := w.store.Open(ctx, w.token, birthday.Add(-time.Second)); err != nil {
		t.Errorf("on the eve of the birthday: %v", err)
	}
	_, err := w.store.Open(ctx, w.token, birthday)
	w.wantFault(err, fault.KindNotFound)
}

// TestCode: an answer becomes a consent only with its code, within 15 minutes and five attempts.
func TestCode(t *testing.T) {
	t.Parallel()
	w, ctx, from := newWorld(t), t.Context(), guardian.Origin{Lang: i18n.KK}
	const life = 15 * time.Minute
	code := w.choose(w.thisEvent(), noon)
	w.wantFault(w.store.Agree(ctx, w.token, code, from, noon.Add(life)), fault.KindGone)

	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	for range 5 {
		w.wantFault(w.store.Agree(ctx, w.token, wrong, from, noon), fault.KindInvalid)
	}
	w.wantFault(w.store.Agree(ctx, w.token, code, from, noon), fault.KindGone)
	w.wantSignup(signup.AwaitingConsent, "")

	code = w.choose(w.thisEvent(), noon.Add(time.Hour))
	last := noon.Add(time.Hour + life - time.Second)
	for i := range 2 { // the second time is a form sent twice
		if err := w.store.Agree(ctx, w.token, code, from, last); err != nil {
			t.Errorf("agreement %d: %v", i+1, err)
		}
	}
	w.wantSignup(signup.Confirmed, "")
	if n := w.id(`select count(*) from guardian_consent`); n != 1 {
		t.Errorf("%d consents", n)
	}
}

// TestRefuse: a refusal cancels the sign-up and ends the answer that waits for its code.
func TestRefuse(t *testing.T) {
	t.Parallel()
	w, ctx, from := newWorld(t), t.Context(), guardian.Origin{Lang: i18n.KK}
	code := w.choose(w.thisEvent(), noon)
	for range 2 {
		if err := w.store.Refuse(ctx, w.token, w.event, from, noon); err != nil {
			t.Fatal(err)
		}
	}
	w.wantSignup(signup.Cancelled, signup.ByConsent)
	w.wantFault(w.store.Agree(ctx, w.token, code, from, noon), fault.KindGone)
	w.wantFault(w.store.Refuse(ctx, w.token, w.event+1, from, noon), fault.KindNotFound)
	if n := w.id(`select count(*) from audit where verb = 'guardian.refuse'`); n == 0 {
		t.Error("no refusal in the audit")
	}
}

// TestRefuseAfterConsent: the consent to an event ends with its refusal; one to all events has to be withdrawn.
func TestRefuseAfterConsent(t *testing.T) {
	t.Parallel()
	from := guardian.Origin{Lang: i18n.KK}
	t.Run("to the event", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.agree(w.thisEvent(), noon)
		w.wantSignup(signup.Confirmed, "")
		if err := w.store.Refuse(t.Context(), w.token, w.event, from, noon); err != nil {
			t.Fatal(err)
		}
		w.wantSignup(signup.Cancelled, signup.ByConsent)
		if n := w.id(`select count(*) from guardian_consent where withdrawn_at is null`); n != 0 {
			t.Errorf("%d consents in force", n)
		}
	})
	t.Run("to all events", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.agree(guardian.FormatScope(guardian.All, 0), noon)
		w.wantFault(w.store.Refuse(t.Context(), w.token, w.event, from, noon), fault.KindConflict)
		w.wantSignup(signup.Confirmed, "")
	})
}

// TestWithdraw: without its consent the sign-up is cancelled, once.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	w, ctx, from := newWorld(t), t.Context(), guardian.Origin{Lang: i18n.KK}
	w.agree(guardian.FormatScope(guardian.All, 0), noon)
	w.wantSignup(signup.Confirmed, "")
	id := w.id(`select id from guardian_consent`)
	w.wantFault(w.store.Withdraw(ctx, w.token, id+1, from, noon), fault.KindNotFound)
	for range 2 {
		if err := w.store.Withdraw(ctx, w.token, id, from, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	w.wantSignup(signup.Cancelled, signup.ByConsent)
	if n := w.id(`select count(*) from audit where verb = 'guardian.withdraw'`); n != 1 {
		t.Errorf("%d withdrawals in the audit", n)
	}
}
