package events

import (
	"testing"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/signup"
	"shtab/web/ui"
	"shtab/web/ui/uitest"
)

// TestPage draws the list and an event in every state.
func TestPage(t *testing.T) { uitest.Check(t, pages(t)...) }

// one is the event with a single shift, changed by f.
func one(signed bool, standing *signup.Standing, f func(*event.Full)) eventView {
	e := uitest.Event()
	if f != nil {
		f(&e)
	}
	v := eventView{Event: e, Signed: signed}
	for _, s := range e.Shifts {
		v.Choices = append(v.Choices, shiftChoice{Shift: s, Standing: standing})
	}
	return v
}

func several() eventView {
	v := one(true, nil, nil)
	s := v.Event.Shifts[0]
	v.Choices = nil
	names := []i18n.Text{
		uitest.Text("Қар күреу", "Уборка снега", "Clearing snow"),
		uitest.Text("Шай дайындау", "Горячий чай", "Making tea"),
		uitest.Text("Кешкі топ", "Вечерняя группа", "Evening group"),
		uitest.Text("Түнгі топ", "Ночная группа", "Night group"),
	}
	for i, n := range names {
		c := s
		c.ID, c.Title = int64(11+i), n
		st := &signup.Standing{}
		switch i {
		case 0:
			st = &signup.Standing{SignupID: 5, State: signup.Waitlisted, Position: 4}
			c.Confirmed, c.Waiting = 20, 12
		case 1:
			c.Confirmed = 18
			st.Reasons = []event.Reason{{Cause: event.ConsentNeeded, Age: 16}}
		case 2:
			c.StartsAt, c.EndsAt, c.Confirmed, c.Waiting = uitest.At(6, 18, 0), uitest.At(6, 21, 0), 20, 3
		case 3:
			c.StartsAt, c.EndsAt = uitest.At(6, 21, 0), uitest.At(7, 1, 0)
			st.Reasons = []event.Reason{{Cause: event.Night, Age: 18}}
		}
		v.Choices = append(v.Choices, shiftChoice{Shift: c, Standing: st})
	}
	return v
}

func pages(t *testing.T) []uitest.State {
	me, staff := uitest.Volunteer, uitest.Staff
	cs, cards := uitest.Campaigns(), uitest.EventCards()
	orgs := uitest.Organizations()
	hold := uitest.At(2, 12, 0)
	city := uitest.City(t)
	filter := event.ParseComingQuery(
		map[string][]string{
			"campaign": {"taza-alem"}, "when": {"weekend"}, "age": {"15"}, "open": {"1"}, "q": {"қар"},
		},
		city, uitest.Now,
	)
	refused := func(r event.Reason) *signup.Standing { return &signup.Standing{Reasons: []event.Reason{r}} }

	p := []uitest.State{
		{Name: "events", Path: "/events", Page: listPage(listView{
			Page:      event.Page{Cards: cards, Total: 60, Next: event.Cursor{StartsAt: uitest.Now, ID: 9}},
			Campaigns: cs, Orgs: orgs,
		})},
		{Name: "events-filtered", Path: "/events", Query: "campaign=taza-alem", Actor: me, Page: listPage(listView{
			Filter: filter, Page: event.Page{Cards: cards[:2], Total: 2}, Campaigns: cs, Orgs: orgs,
		})},
		{Name: "events-nothing", Path: "/events", Query: "q=x", Page: listPage(listView{
			Filter: filter, Campaigns: cs, Orgs: orgs,
		})},
		{Name: "events-none", Path: "/events", Page: listPage(listView{Campaigns: cs, Orgs: orgs})},
		{Name: "event", Path: "/events/1", Page: eventPage(one(false, nil, nil))},
		{Name: "event-in", Path: "/events/1", Actor: me, Flash: &ui.Flash{
			Tone: "good", Key: "flash.signup_confirmed",
		}, Page: eventPage(one(true, &signup.Standing{SignupID: 5, State: signup.Confirmed, CanCancel: true}, nil))},
		{Name: "event-waiting", Path: "/events/1", Actor: me, Page: eventPage(one(
			true, &signup.Standing{SignupID: 5, State: signup.Waitlisted, Position: 4, CanCancel: true},
			func(e *event.Full) { e.Shifts[0].Confirmed, e.Shifts[0].Waiting = 20, 12 },
		))},
		{Name: "event-consent", Path: "/events/1", Actor: me, Page: eventPage(one(
			true,
			&signup.Standing{SignupID: 5, State: signup.AwaitingConsent, HoldUntil: &hold, CanCancel: true},
			nil,
		))},
		{Name: "event-full", Path: "/events/1", Page: eventPage(one(
			false, nil, func(e *event.Full) { e.Shifts[0].Confirmed, e.Shifts[0].Waiting = 20, 12 },
		))},
		{Name: "event-late", Path: "/events/1", Actor: me, Page: eventPage(one(true, nil, func(e *event.Full) {
			e.Shifts[0].StartsAt, e.Shifts[0].EndsAt, e.Shifts[0].Waiting = uitest.Now.Add(time.Hour),
				uitest.Now.Add(4*time.Hour), 3
		}))},
		{Name: "event-several", Path: "/events/1", Actor: me, Page: eventPage(several())},
		{Name: "event-adults", Path: "/events/1", Actor: me, Page: eventPage(one(
			true, refused(event.Reason{Cause: event.AdultsOnly, Age: 18, Ground: event.Emergency}),
			func(e *event.Full) { e.AdultsOnly = event.Emergency },
		))},
		{Name: "event-young", Path: "/events/1", Actor: me, Page: eventPage(one(
			true, refused(event.Reason{Cause: event.TooYoung, Age: 16}), func(e *event.Full) { e.MinAge = 16 },
		))},
		{Name: "event-clash", Path: "/events/1", Actor: me, Page: eventPage(one(
			true,
			refused(event.Reason{
				Cause: event.Clash,
				Other: event.Commitment{
					EventID: 2, ShiftID: 22, Title: cards[1].Title, StartsAt: uitest.At(6, 11, 0),
					EndsAt: uitest.At(6, 14, 0),
				},
			}),
			nil,
		))},
		{Name: "event-many", Path: "/events/1", Actor: me, Page: eventPage(one(
			true, refused(event.Reason{Cause: event.TooMany, Age: 50}), nil,
		))},
		{Name: "event-missed", Path: "/events/1", Actor: me, Page: eventPage(one(
			true, refused(event.Reason{Cause: event.NoShows, Age: 2}), nil,
		))},
		{Name: "event-notopen", Path: "/events/1", Page: eventPage(one(
			false, nil, func(e *event.Full) { o := uitest.At(2, 9, 0); e.SignupOpensAt = &o },
		))},
		{Name: "event-closed", Path: "/events/1", Page: eventPage(one(
			false, nil, func(e *event.Full) { o := uitest.At(-1, 9, 0); e.SignupClosesAt = &o },
		))},
		{Name: "event-cancelled", Path: "/events/1", Page: eventPage(one(false, nil, func(e *event.Full) {
			e.State, e.CancelReason = event.Cancelled, uitest.Text(
				"Боран күтіледі.", "Ожидается буран.", "A snowstorm is expected.",
			)
		}))},
		{Name: "event-past", Path: "/events/1", Page: eventPage(one(false, nil, func(e *event.Full) {
			e.StartsAt, e.EndsAt = uitest.At(-3, 10, 0), uitest.At(-3, 13, 0)
			e.Shifts[0].StartsAt, e.Shifts[0].EndsAt = e.StartsAt, e.EndsAt
		}))},
		{Name: "event-draft", Path: "/events/1", Actor: staff, Page: eventPage(one(
			true, nil, func(e *event.Full) { e.State = event.Draft },
		))},
	}
	for _, cause := range []event.Cause{event.EventOver, event.EventCancelled} {
		p = append(
			p,
			uitest.State{
				Name: "event-" + string(cause), Path: "/events/1", Actor: me,
				Page: eventPage(one(true, refused(event.Reason{Cause: cause}), nil)),
			},
		)
	}
	return p
}
