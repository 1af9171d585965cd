package messages_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"shtab/internal/postgres/pgtest"
	"shtab/web/portal/portaltest"
)

// message is the form of a message ready to be sent.
func message(key string) url.Values {
	return url.Values{
		"key": {key}, "audience": {"all"}, "shift": {"0"}, "deed": {"send"},
		"subject_kk": {"Жаңбыр"}, "body_kk": {"Шатыр алыңыз.\r\n\r\nКөрісейік!"},
		"subject_ru": {"Дождь"}, "body_ru": {"Возьмите зонт."},
	}
}

// with is a form with one field changed.
func with(form url.Values, name, value string) url.Values {
	form.Set(name, value)
	return form
}

// postAll sends forms at once and counts the answers by status.
func postAll(t *testing.T, h *portaltest.EventDesk, forms ...url.Values) map[int]int {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	counts := map[int]int{}
	for _, form := range forms {
		wg.Go(func() {
			a, err := h.Host.Try(http.MethodPost, h.Path("messages"), form)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			counts[a.Status]++
		})
	}
	wg.Wait()
	return counts
}

// TestSendMessage previews a message, sends it once however often its form comes, and keeps to three a day.
func TestSendMessage(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t)
	one := h.Volunteer("one@shtab.test", "Абаев", "Тимур", 20)
	two := h.Volunteer("two@shtab.test", "Беков", "Асан", 20)
	h.Exec(`update person set lang = 'ru' where id = $1`, two)
	h.SignUp(one, h.ShiftID)
	h.SignUp(one, h.LaterID) // in two shifts, and yet one mail
	h.SignUp(two, h.LaterID)
	h.Exec(`update event set contact_name = 'Динара', contact_phone = '+7 702 000 00 00' where id = $1`, h.EventID)

	t.Run("preview", func(t *testing.T) {
		h.Host.Get(h.Path("messages")).Want(t, 200, `name="key"`, "ещё: 3")
		a := h.Host.Post(h.Path("messages"), with(message("k1"), "deed", "preview"))
		a.Want(t, 200, "Сообщение получат 2 человека", "Шатыр алыңыз.", "Возьмите зонт.", `value="send"`)
		a = h.Host.Post(h.Path("messages"), with(message("k1"), "deed", "edit"))
		a.Want(t, 200, "Возьмите зонт.</textarea>")
		if n := h.Count(`select count(*) from message`); n != 0 {
			t.Fatal("a preview has sent it")
		}
	})
	t.Run("sent ten times at once", func(t *testing.T) {
		form := message("k1")
		if counts := postAll(t, h, slices.Repeat([]url.Values{form}, 10)...); counts[303] != 10 {
			t.Errorf("%v", counts)
		}
		if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'message'`); n != 2 {
			t.Errorf("%d mails", n)
		}
		if n := h.Count(
			`select count(*) from audit where verb = 'message.send' and object = 'message'
				and object_id = (select id from message)`); n != 1 {
			t.Errorf("%d in the audit", n)
		}
		h.Host.Get(h.Path("messages")).Want(t, 200, "Дождь", "2 людям", "Айгүл С.", "ещё: 2")
	})
	t.Run("mails", func(t *testing.T) {
		kk, ru := h.Mail("message", "one@shtab.test"), h.Mail("message", "two@shtab.test")
		for _, s := range []string{
			"Жаңбыр", "Шатыр алыңыз.", "Көрісейік!", "Айгүл, үйлестіруші, «Жастар»", "Динара",
			"Ағаш егу",
		} {
			if !strings.Contains(kk, s) {
				t.Errorf("the mail does not say %q:\n%s", s, kk)
			}
		}
		if !strings.Contains(ru, "Возьмите зонт.") || strings.Contains(ru, "Шатыр") {
			t.Errorf("in Russian:\n%s", ru)
		}
		if n := h.Count(
			`select count(*) from river_job where args ->> 'kind' = 'message'
				and args::text ~ 'Дождь|Жаңбыр|shtab.test'`); n != 0 {
			t.Error("texts are kept in the queue")
		}
	})
	t.Run("three a day", func(t *testing.T) {
		var forms []url.Values
		for i := range 6 {
			forms = append(forms, message(fmt.Sprint("more", i)))
		}
		if counts := postAll(t, h, forms...); counts[303] != 2 || counts[422] != 4 {
			t.Errorf("%v", counts)
		}
		h.Exec(`update message set sent_at = sent_at - interval '24 hours'`)
		if a := h.Host.Post(h.Path("messages"), message("tomorrow")); a.Status != 303 {
			t.Errorf("the next day: %d", a.Status)
		}
	})
}

// TestAudiences checks that a message goes to those whom it is for.
func TestAudiences(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	h.Exec(`update shift set capacity = 1 where id = $1`, h.ShiftID)
	h.SignUp(h.Volunteer("in@shtab.test", "А", "А", 20), h.ShiftID)
	h.SignUp(h.Volunteer("waits@shtab.test", "Б", "Б", 20), h.ShiftID)
	h.SignUp(h.Volunteer("child@shtab.test", "В", "В", 13), h.LaterID)
	gone := h.SignUp(h.Volunteer("gone@shtab.test", "Г", "Г", 20), h.LaterID)
	h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self' where id = $1`, gone)
	for _, c := range []struct {
		audience string
		shift    int64
		want     string
	}{
		{"all", 0, "in waits child"},
		{"all", h.LaterID, "child"},
		{"confirmed", 0, "in"},
		{"waitlisted", 0, "waits"},
		{"awaiting_consent", 0, "child"},
	} {
		h.Exec(`delete from river_job`)
		h.Exec(`delete from message`)
		h.Host.Post(h.Path("messages"), with(with(message("k"), "audience", c.audience), "shift",
			fmt.Sprint(c.shift))).Want(t, 303)
		var got string
		h.Scan(`select string_agg(split_part(p.email, '@', 1), ' ' order by p.id)
			from river_job j join person p on p.id = (j.args ->> 'person_id')::bigint`, nil, &got)
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.audience, got, c.want)
		}
	}
	h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self', queue_no = null where state = 'waitlisted'`)
	h.Host.Post(h.Path("messages"), with(message("k2"), "audience", "waitlisted")).Want(t, 422, "никого нет")
}

// TestMessageProblems checks that a message with a mistake is not sent and that the page says what is wrong.
func TestMessageProblems(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	h.SignUp(h.Volunteer("in@shtab.test", "А", "А", 20), h.ShiftID)
	for _, c := range []struct{ field, value, says string }{
		{"audience", "x", "error-summary"},
		{"subject_kk", "  ", "Напишите тему"},
		{"subject_ru", "a\nb", "уместиться в строку"},
		{"body_ru", "", "Напишите текст"},
		{"body_kk", strings.Repeat("ә", 2001), "не больше 2 000 знаков"},
		{"subject_en", "Rain", "Напишите текст"},
		{"shift", fmt.Sprint(h.OtherShiftID), "error-summary"},
	} {
		h.Host.Post(h.Path("messages"), with(message("k"), c.field, c.value)).Want(t, 422, c.says)
	}
	if n := h.Count(`select count(*) from message`); n != 0 {
		t.Errorf("%d messages", n)
	}
}

// TestWhenMessagesAreOpen checks that nothing can be sent for a draft, and nothing a week after the event.
func TestWhenMessagesAreOpen(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	h.Exec(
		`update shift set starts_at = now() - interval '8 days', ends_at = now() - interval '7 days 1 minute'
			where event_id = $1`, h.EventID)
	h.Exec(
		`update event set starts_at = now() - interval '8 days', ends_at = now() - interval '7 days 1 minute'
			where id = $1`, h.EventID)
	h.Host.Post(h.Path("messages"), message("late")).Want(t, 409, "до 7 дней после")

	h.Exec(`delete from shift where event_id = $1`, h.EventID)
	h.Exec(`update event set state = 'draft', published_at = null, starts_at = null, ends_at = null where id = $1`,
		h.EventID)
	h.Host.Get(h.Path("messages")).Want(t, 200, "с публикации события")
	h.Host.Post(h.Path("messages"), message("draft")).Want(t, 409)
}

// TestMessagesOfOthers checks that only those who run the event read and write its messages.
func TestMessagesOfOthers(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	me := h.Volunteer("a@shtab.test", "Абаев", "Тимур", 20)
	h.SignUp(me, h.ShiftID)
	for b, want := range map[*portaltest.Browser]int{h.Stranger: 404, h.As(me): 403} {
		if a := b.Get(h.Path("messages")); a.Status != want {
			t.Errorf("GET: %d, want %d", a.Status, want)
		}
		if a := b.Post(h.Path("messages"), message("k")); a.Status != want {
			t.Errorf("POST: %d, want %d", a.Status, want)
		}
	}
	if n := h.Count(`select count(*) from message`); n != 0 {
		t.Errorf("%d messages", n)
	}
}

// TestMessagesStatements checks that the page costs the same number of SQL statements at any number of people.
func TestMessagesStatements(t *testing.T) {
	pool, count := pgtest.Counted(t, 4)
	h := portaltest.EventOn(portaltest.On(t, pool, portaltest.WithoutWorker))
	h.Exec(`update shift set capacity = 1000 where id = $1`, h.ShiftID)
	var counts []int64
	for _, n := range []int{10, 500} {
		h.Exec(`insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
			select 'Т', 'Н' || i, '2000-01-01', $1::int || '-' || i, now() from generate_series(1, $1::int) i`, n)
		h.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select s.id, p.id, s.during, 'confirmed', 't' || p.id, now(), now() from shift s, person p
			where s.id = $1 and p.calendar_token like $2::int || '-%'`, h.ShiftID, n)
		h.Host.Get(h.Path("messages"))
		before := count.Count()
		h.Host.Get(h.Path("messages")).Want(t, 200)
		counts = append(counts, count.Count()-before)
	}
	if counts[0] != counts[1] {
		t.Errorf("%d statements at 10 people, %d at 510", counts[0], counts[1])
	}
}
