package hours_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/internal/attendance"
	"shtab/internal/totals"
	"shtab/web/portal/portaltest"
)

// ended is an event that ended an hour ago, after two hours.
type ended struct{ *portaltest.EventDesk }

func startEnded(t *testing.T, with ...portaltest.Option) *ended {
	t.Helper()
	return &ended{portaltest.StartEventIn(t, -3*time.Hour, with...)}
}

// sheet is the form of the sheet. Each sign-up has its outcome and minutes, as "attended 60".
func sheet(action string, outcomes map[int64]string) url.Values {
	form := url.Values{"deed": {action}}
	for id, o := range outcomes {
		outcome, minutes, _ := strings.Cut(o, " ")
		form.Set(fmt.Sprint("o_", id), outcome)
		form.Set(fmt.Sprint("m_", id), minutes)
	}
	return form
}

// ledger is the sums of a sign-up's rows in the ledger, participations and minutes, and the last outcome.
func (h *ended) ledger(signup int64) (s string) {
	h.T.Helper()
	h.Scan(
		`select coalesce((select sum(participations) || ' ' || sum(minutes) || ' ' ||
			(array_agg(outcome order by id desc))[1]
		from ledger where signup_id = $1 having count(*) > 0), '')`, []any{signup}, &s)
	return s
}

// wantTotals checks that the totals say what a recount of the ledger and the closed events says, and that the
// ledger's rows add up to the last outcome, with the person's age on the day.
func (h *ended) wantTotals() {
	h.T.Helper()
	if n := h.Count(`select count(*) from (
		select sum(participations) as attended, sum(no_shows) as missed,
			(array_agg(outcome order by id desc))[1] as last
		from ledger group by signup_id) x
		where attended <> (last = 'attended')::int or missed <> (last = 'no_show')::int`); n > 0 {
		h.T.Errorf("%d sign-ups whose rows do not add up to their last outcome", n)
	}
	if n := h.Count(`select count(*) from ledger l join person p on p.id = l.person_id
		where l.age is null or l.age <> age_on(p.birth_date, l.day)`); n > 0 {
		h.T.Errorf("%d rows with another age than the person's on the day", n)
	}
	var total, recount string
	h.Scan(`select sum(events) || ' ' || sum(participations) || ' ' || sum(minutes) from total_event`, nil, &total)
	h.Scan(
		`select (select count(*) from event where closed_at is not null) || ' ' || sum(participations) || ' ' ||
			sum(minutes) from ledger`, nil, &recount)
	if total != recount {
		h.T.Errorf("totals %s, a recount %s", total, recount)
	}
	if found, err := totals.Verify(h.T.Context(), h.Pool); err != nil || len(found) > 0 {
		h.T.Error(found, err)
	}
}

// wantResults checks how many people the event helped and how many things it delivered.
func (h *ended) wantResults(t *testing.T, served, delivered int) {
	t.Helper()
	var n, amount int
	h.Scan(
		`select people_served, (select coalesce(sum(amount), 0) from event_delivery where event_id = event.id)
			from event where id = $1`,
		[]any{h.EventID}, &n, &amount)
	if n != served || amount != delivered {
		t.Errorf("%d people served and %d things delivered, want %d and %d", n, amount, served, delivered)
	}
}

// TestSaveHours marks fifty people present, keeps drafts, confirms, and corrects the results afterwards.
func TestSaveHours(t *testing.T) {
	t.Parallel()
	h := startEnded(t, portaltest.WithoutWorker)
	var signups []int64
	for i := range 50 {
		_, id, _ := h.Confirmed(fmt.Sprintf("Абаев%02d", i))
		signups = append(signups, id)
	}
	path := h.Path("hours")
	form := sheet("save", map[int64]string{
		signups[0]: "no_show 120", signups[1]: "excused 5",
		signups[2]: "attended 95",
	})
	form.Set("served", "12")
	form.Set("d_food-baskets", "30")
	t.Run("all present", func(t *testing.T) {
		h.Host.Get(path).Want(t, 200, "Все пришли", "Абаев49", "Пришли 0 из 50", "Продуктовые корзины", "Мешки мусора")
		h.Host.Post(path, url.Values{"deed": {"all"}}).Want(t, 303)
		h.Host.Get(path).Want(t, 200, "Пришли 50 из 50", `value="120"`)
	})
	t.Run("draft", func(t *testing.T) {
		h.Host.Post(path, form).Want(t, 303)
		h.Host.Get(path).Want(t, 200, "Пришли 48 из 50", `value="95"`, `value="30"`)
		if h.Count(`select count(*) from ledger`)+h.Count(
			`select count(*) from event where closed_at is not null`) != 0 {
			t.Fatal("a draft has closed the list")
		}
	})
	t.Run("confirm", func(t *testing.T) {
		form.Set("deed", "confirm")
		h.Host.Post(path, form).Want(t, 303)
		for i, want := range map[int]string{
			0: "0 0 no_show", 1: "0 0 excused", 2: "1 95 attended", 3: "1 120 attended", 49: "1 120 attended",
		} {
			if got := h.ledger(signups[i]); got != want {
				t.Errorf("%d: %q, want %q", i, got, want)
			}
		}
		if n := h.Count(`select sum(minutes) from ledger`); n != 95+47*120 {
			t.Errorf("%d minutes", n)
		}
		h.wantResults(t, 12, 30)
		h.wantTotals()
		h.Host.Get(path).Want(t, 200, "Часы подтверждены", "1 ч 35 мин", "Исправить")
	})
	t.Run("once only", func(t *testing.T) { // neither a second confirmation nor a draft changes anything
		form.Set(fmt.Sprint("o_", signups[3]), "no_show")
		h.Host.Post(path, form).Want(t, 303)
		form.Set("deed", "save")
		h.Host.Post(path, form).Want(t, 303)
		if n := h.Count(`select count(*) from ledger`); n != 50 || h.ledger(signups[3]) != "1 120 attended" {
			t.Errorf("%d rows; %s", n, h.ledger(signups[3]))
		}
		h.wantTotals()
	})
	t.Run("results", func(t *testing.T) { // can be corrected afterwards
		form := url.Values{"deed": {"results"}, "served": {"13"}, "d_food-baskets": {""}, "d_trees": {"4"}}
		h.Host.Post(path, form).Want(t, 303)
		h.wantResults(t, 13, 4)
	})
}

// TestConcurrentConfirmation confirms eight times at once: the ledger and the mails are written once.
func TestConcurrentConfirmation(t *testing.T) {
	t.Parallel()
	h := startEnded(t, portaltest.WithoutWorker)
	var marks []attendance.HoursEntry
	for i := range 20 {
		_, id, _ := h.Confirmed(fmt.Sprintf("Абаев%02d", i))
		marks = append(marks, attendance.HoursEntry{SignupID: id, Outcome: attendance.Attended, Minutes: 100})
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	first := 0
	for range 8 {
		wg.Go(func() {
			changed, err := h.Attendance.ConfirmHours(t.Context(), h.Coordinator(), h.EventID,
				append([]attendance.HoursEntry{}, marks...), attendance.Results{}, h.Now())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if changed {
				first++
			}
		})
	}
	wg.Wait()
	if n := h.Count(`select count(*) from ledger`); first != 1 || n != 20 {
		t.Errorf("confirmed %d times, %d rows", first, n)
	}
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'hours_attended'`); n != 20 {
		t.Errorf("%d people are told, want 20", n)
	}
	h.wantTotals()
}

// TestHoursFromCheckIn checks that the sheet proposes what check-in knows.
func TestHoursFromCheckIn(t *testing.T) {
	t.Parallel()
	h := startEnded(t, portaltest.WithoutWorker)
	_, early, _ := h.Confirmed("Ерте")
	_, late, _ := h.Confirmed("Кеш")
	_, missing, _ := h.Confirmed("Жоқ")
	h.Exec(`insert into attendance (signup_id, checked_in_at, checked_in_by)
		select g.id, s.starts_at + case when g.id = $1 then interval '10 minutes' else interval '42 minutes' end, $3
		from signup g join shift s on s.id = g.shift_id where g.id in ($1, $2)`, early, late, h.HostID)
	h.Host.Post(h.Path("hours"), url.Values{"deed": {"confirm"}}).Want(t, 303)
	for id, want := range map[int64]string{early: "1 120 attended", late: "1 80 attended", missing: "0 0 no_show"} {
		if got := h.ledger(id); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	h.wantTotals()
}

// TestCorrectHours checks that a correction is a new row with its reason, and that nothing is written for one that
// changes nothing.
func TestCorrectHours(t *testing.T) {
	t.Parallel()
	h := startEnded(t, portaltest.WithoutWorker)
	_, signup, _ := h.Confirmed("Абаев")
	path := fmt.Sprintf("/ru/desk/signups/%d/hours", signup)
	fix := func(outcome, minutes, reason string) portaltest.Answer {
		return h.Host.Post(path, url.Values{"outcome": {outcome}, "minutes": {minutes}, "reason": {reason}})
	}
	if a := fix("attended", "60", "ошибка"); a.Status != 404 {
		t.Errorf("before it is confirmed: %d", a.Status)
	}
	h.Host.Post(h.Path("hours"), sheet("confirm", map[int64]string{signup: "attended 120"}))
	for _, c := range []struct {
		outcome, minutes, reason, want string
		rows, status                   int
	}{
		{"attended", "90", "ушёл раньше", "1 90 attended", 2, 303},
		{"attended", "90", "ушёл раньше", "1 90 attended", 2, 303}, // sent twice
		{"attended", "91", " ", "1 90 attended", 2, 422},
		{"attended", "2000", "x", "1 90 attended", 2, 422},
		{"asleep", "1", "x", "1 90 attended", 2, 422},
		{"no_show", "90", "не был", "0 0 no_show", 3, 303},
		{"excused", "", "болел", "0 0 excused", 4, 303},
		{"attended", "1440", "был сутки", "1 1440 attended", 5, 303},
	} {
		a := fix(c.outcome, c.minutes, c.reason)
		if a.Status != c.status || h.ledger(signup) != c.want || h.Count(`select count(*) from ledger`) != c.rows {
			t.Errorf("%+v: %d, %q, %d rows", c, a.Status, h.ledger(signup), h.Count(`select count(*) from ledger`))
		}
		h.wantTotals()
	}
	fix("attended", "1441", "x").Want(t, 422, "от 0 до 1440")
	h.Host.Get(h.Path("hours")).Want(t, 200, "Исправлено: был сутки", "24 ч")
	if n := h.Count(`select count(*) from audit where verb = 'hours.correct' and actor_id = $1`, h.HostID); n != 4 {
		t.Errorf("%d corrections in the audit", n)
	}
}

// TestSaveHoursRefuses checks that mistakes, other organisations' events and events under way write nothing.
func TestSaveHoursRefuses(t *testing.T) {
	t.Parallel()
	h := startEnded(t, portaltest.WithoutWorker)
	_, signup, _ := h.Confirmed("Абаев")
	path := h.Path("hours")
	for _, c := range []struct {
		form   url.Values
		status int
	}{
		{sheet("confirm", map[int64]string{signup: "attended 1441"}), 422},
		{sheet("confirm", map[int64]string{signup: "attended -1"}), 422},
		{sheet("confirm", map[int64]string{signup: "attended two"}), 422},
		{sheet("confirm", map[int64]string{signup: "here 60"}), 422},
		{url.Values{"deed": {"confirm"}, "served": {"many"}}, 422},
		{url.Values{"deed": {"confirm"}, "d_trees": {"9999999"}}, 422},
		{sheet("confirm", map[int64]string{signup + 1000: "attended 60"}), 404},
		{url.Values{"deed": {"burn"}}, 400},
		{url.Values{"deed": {"save"}, "o_x": {"attended"}}, 400},
	} {
		if a := h.Host.Post(path, c.form); a.Status != c.status {
			t.Errorf("%v: %d, want %d", c.form, a.Status, c.status)
		}
	}
	h.Host.Post(path, sheet("confirm", map[int64]string{signup: "attended 1441"})).Want(t, 422, "1441", "от 0 до 1440")

	// Somebody else's, in the path or in a field.
	confirm := sheet("confirm", map[int64]string{signup: "attended 60"})
	correct := url.Values{"outcome": {"attended"}, "minutes": {"1"}, "reason": {"x"}}
	for name, a := range map[string]portaltest.Answer{
		"the page":       h.Stranger.Get(path),
		"confirming":     h.Stranger.Post(path, confirm),
		"saving":         h.Stranger.Post(path, sheet("save", nil)),
		"all":            h.Stranger.Post(path, sheet("all", nil)),
		"results":        h.Stranger.Post(path, sheet("results", nil)),
		"correcting":     h.Stranger.Post(fmt.Sprintf("/ru/desk/signups/%d/hours", signup), correct),
		"another's list": h.Stranger.Post(fmt.Sprintf("/ru/desk/events/%d/hours", h.OtherEventID), confirm),
	} {
		if a.Status != 404 && !(name == "another's list" && a.Status == 303) { // that event is still to come
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	// An event that is under way.
	h.EventID, h.ShiftID = h.Event(h.World, -time.Hour, 5)
	h.Host.Get(h.Path("hours")).Want(t, 200, "Часов пока нет")
	h.Host.Post(h.Path("hours"), sheet("save", nil))
	_, err := h.Attendance.ConfirmHours(t.Context(), h.Coordinator(), h.EventID, nil, attendance.Results{}, h.Now())
	if err == nil || !strings.Contains(err.Error(), "hours.not_yet") {
		t.Errorf("%v", err)
	}
	if h.Count(`select count(*) from ledger`)+h.Count(`select count(*) from event where closed_at is not null`)+
		h.Count(`select count(*) from attendance where outcome is not null`) != 0 {
		t.Error("something was written")
	}
}

// TestNewKindOfDelivery checks that the sheet asks for a kind that staff have added.
func TestNewKindOfDelivery(t *testing.T) {
	t.Parallel()
	h := startEnded(t, portaltest.WithoutWorker)
	staff := h.Person("staff@shtab.test", 40)
	h.Exec(`update person set role = 'staff' where id = $1`, staff)
	b := h.As(staff)
	form := url.Values{"name_kk": {"Көрпе"}, "name_ru": {"Одеяла"}, "unit_ru": {"шт."}}
	b.Post("/ru/hq/deliveries", form).Want(t, 303)
	b.Post("/ru/hq/deliveries", form).Want(t, 422, "это уже есть")
	b.Post("/ru/hq/deliveries", url.Values{"name_kk": {"Көрпе 2"}}).Want(t, 422)
	b.Get("/ru/hq/deliveries").Want(t, 200, "Одеяла")
	if n := h.Count(`select count(*) from delivery_kind`); n != 10 {
		t.Errorf("%d kinds", n)
	}
	h.Host.Get(h.Path("hours")).Want(t, 200, "Одеяла")
	h.Host.Post("/ru/hq/deliveries", form).Want(t, 403)
}
