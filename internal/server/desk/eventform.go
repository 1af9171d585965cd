package desk

import (
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// maxEventForm is how many bytes of an event's form are read: three languages at full length.
const maxEventForm = 512 << 10

// NewEventForm is the form of a new event: GET /{lang}/desk/events/new.
func (d *Room) NewEventForm(w http.ResponseWriter, r *http.Request) error {
	f := page.EventForm{Key: rand.Text(), Cutoff: strconv.Itoa(d.City.Rules.CutoffMinutes)}
	if orgs := httpkit.Actor(r).Orgs; len(orgs) > 0 {
		f.Org = strconv.FormatInt(orgs[0], 10)
		last, err := event.LastCampaign(r.Context(), d.DB, orgs[0])
		if err != nil {
			return err
		}
		if last != 0 {
			f.Campaign = strconv.FormatInt(last, 10)
		}
	}
	return d.renderEventForm(w, r, http.StatusOK, page.EventFormView{Form: f})
}

// EventForm is the form of an event that is: GET /{lang}/desk/events/{id}/edit.
func (d *Room) EventForm(w http.ResponseWriter, r *http.Request) error {
	h, err := d.held(r)
	if err != nil {
		return err
	}
	if err := changeable(h, d); err != nil {
		return err
	}
	return d.renderEventForm(w, r, http.StatusOK, page.EventFormView{Event: h, Form: page.FormOf(h, d.City.Location())})
}

// changeable is the fault of an event in which nothing can be changed any more.
func changeable(h event.Held, d *Room) error {
	switch {
	case h.State == event.Cancelled:
		return fault.Conflict("signup.event_cancelled")
	case h.State == event.Published && !d.Now().Before(h.EndsAt):
		return fault.Conflict("signup.over")
	}
	return nil
}

// renderEventForm draws the form with what it offers to choose from.
func (d *Room) renderEventForm(w http.ResponseWriter, r *http.Request, status int, v page.EventFormView) error {
	ctx, actor, zone := r.Context(), httpkit.Actor(r), d.City.Location()
	if r.Method == http.MethodPost {
		if v.Event.ID == 0 {
			r = at(r, link.DeskEventNew(httpkit.Lang(r)))
		} else {
			r = at(r, link.DeskEventEdit(httpkit.Lang(r), v.Event.ID))
		}
	}
	var err error
	if v.Orgs, err = org.List(ctx, d.DB, httpkit.Lang(r)); err != nil {
		return err
	}
	chosen, _ := strconv.ParseInt(v.Form.Org, 10, 64)
	v.Trusted = v.Event.Host == org.Trusted
	for _, o := range v.Orgs {
		if actor.IsStaff() || slices.Contains(actor.Orgs, o.ID) || o.ID == v.Event.OrgID {
			v.Hosts = append(v.Hosts, o)
		}
		if o.ID == chosen {
			v.Trusted = o.State == org.Trusted
		}
	}
	orgs := append(slices.Clone(actor.Orgs), v.Event.OrgID)
	if v.Campaigns, err = campaign.Choices(ctx, d.DB, orgs, actor.IsStaff(), v.Event.CampaignID); err != nil {
		return err
	}
	p, _ := v.Form.Plan(zone)
	v.Excludes = event.Excludes(event.Event{AdultsOnly: p.AdultsOnly, MinAge: p.MinAge}, p.Shifts(zone), d.City.Rules, zone)
	return d.Render(w, r, status, page.EventFormPage(v))
}

// readEvent reads an event's form. done is true when the button only asked for another look at
// the form, with a row more or less, and v is to be drawn.
func (d *Room) readEvent(w http.ResponseWriter, r *http.Request) (f page.EventForm, done bool, err error) {
	if err := httpkit.LongForm(w, r, &f, maxEventForm); err != nil {
		return f, false, err
	}
	f.Clean()
	op, rest, _ := strings.Cut(f.Op, " ")
	switch op {
	case "add_shift":
		f.AddShift()
		return f, true, nil
	case "remove_shift":
		i, err := strconv.Atoi(rest)
		if err != nil {
			return f, true, nil
		}
		f.RemoveShift(i)
		return f, true, nil
	case "keep": // "keep 0 12": the first shift keeps the 12 places that are taken
		var i, n int
		if a, b, ok := strings.Cut(rest, " "); ok {
			i, _ = strconv.Atoi(a)
			n, _ = strconv.Atoi(b)
		}
		if i >= 0 && i < len(f.Shifts) && n > 0 {
			f.Shifts[i].Capacity = strconv.Itoa(n)
		}
		return f, true, nil
	case "look":
		return f, true, nil
	}
	f.DropEmpty()
	return f, false, nil
}

// NewEvent makes a draft of the form, and publishes it when that is the button:
// POST /{lang}/desk/events/new.
func (d *Room) NewEvent(w http.ResponseWriter, r *http.Request) error {
	f, done, err := d.readEvent(w, r)
	if err != nil {
		return err
	}
	v := page.EventFormView{Form: f}
	if done {
		return d.renderEventForm(w, r, http.StatusOK, v)
	}
	ctx, actor := r.Context(), httpkit.Actor(r)
	p, problems := d.planOf(f, event.Held{})
	if err := d.mayHost(actor, p); err != nil {
		return err
	}
	if len(problems) == 0 {
		var id int64
		if id, err = d.Events.Create(ctx, actor, p, f.Key, d.Now()); err == nil {
			return d.created(w, r, f, p, id)
		}
		found, ok := httpkit.Problems(err)
		if !ok {
			return err
		}
		problems = found
	}
	v.Problems = problems
	return d.renderEventForm(w, r, http.StatusUnprocessableEntity, v)
}

// says reports whether an event is what p says already.
func says(p event.Plan, h event.Held) bool {
	bare := func(slots []event.Slot) []event.Slot {
		slots = slices.Clone(slots)
		for i := range slots {
			slots[i].ShiftID = 0
		}
		return slots
	}
	p.Slots, h.Slots = bare(p.Slots), bare(h.Slots)
	return len(p.Differs(h.Plan)) == 0
}

// created goes on from a form that has made an event. When the same form had made it before and
// says something else now, as after the browser's way back, both are shown: nothing is lost.
func (d *Room) created(w http.ResponseWriter, r *http.Request, f page.EventForm, p event.Plan, id int64) error {
	h, err := d.Events.Get(r.Context(), httpkit.Actor(r), id)
	if err != nil {
		return err
	}
	if says(p, h) {
		return d.sendOn(w, r, f.Op, id)
	}
	f.Base = ""
	for i := range min(len(f.Shifts), len(h.Shifts)) { // published since: these are its shifts, not more of them
		f.Shifts[i].ID = strconv.FormatInt(h.Shifts[i].ID, 10)
	}
	return d.staleForm(w, r, page.EventFormView{Event: h, Form: f})
}

// mayHost holds that a form that comes back with problems names a host of the actor's, like one
// that is saved.
func (d *Room) mayHost(actor account.Actor, p event.Plan) error {
	if p.OrgID != 0 && !actor.IsStaff() && !slices.Contains(actor.Orgs, p.OrgID) {
		return fault.NotFound()
	}
	return nil
}

// planOf is what the form says and what stands against doing what its button asks: a draft may
// be incomplete, what is published or is to be may not.
func (d *Room) planOf(f page.EventForm, h event.Held) (event.Plan, fault.Fields) {
	p, problems := f.Plan(d.City.Location())
	more := p.Wrong()
	if h.State == event.Published {
		more = p.Problems(d.City, d.Now(), h.Shifts)
	} else if f.Op == "publish" {
		more = p.Problems(d.City, d.Now(), nil)
	} else if p.OrgID == 0 {
		more.Add("org", "publishing.problem.org")
	} else if p.CampaignID == 0 {
		more.Add("campaign", "publishing.problem.campaign")
	}
	for name, key := range more {
		problems.Add(name, key)
	}
	return p, problems
}

// sendOn goes where the button of a saved form leads.
func (d *Room) sendOn(w http.ResponseWriter, r *http.Request, op string, id int64) error {
	switch op {
	case "publish":
		return d.publish(w, r, id, 0)
	case "preview":
		return d.Redirect(w, r, link.Event(httpkit.Lang(r), id))
	default:
		d.Flash(r.Context(), "good", "publishing.flash.saved")
		return d.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), id))
	}
}

// SaveEvent writes an event over with its form: POST /{lang}/desk/events/{id}/edit. What is
// published shows first what that does to those who are in.
func (d *Room) SaveEvent(w http.ResponseWriter, r *http.Request) error {
	f, done, err := d.readEvent(w, r)
	if err != nil {
		return err
	}
	h, err := d.held(r)
	if err != nil {
		return err
	}
	if err := changeable(h, d); err != nil {
		return err
	}
	v := page.EventFormView{Event: h, Form: f}
	if h.State.Public() {
		f.Org, v.Form.Org = strconv.FormatInt(h.OrgID, 10), strconv.FormatInt(h.OrgID, 10)
	}
	if done {
		if problem, ok := d.occupied(&v, h); ok {
			v.Problems = map[string]string{"shifts": problem}
			return d.renderEventForm(w, r, http.StatusUnprocessableEntity, v)
		}
		return d.renderEventForm(w, r, http.StatusOK, v)
	}
	version, _ := strconv.Atoi(f.Version)
	if version != h.Version {
		return d.staleForm(w, r, v)
	}
	p, problems := d.planOf(f, h)
	if p.OrgID != h.OrgID {
		if err := d.mayHost(httpkit.Actor(r), p); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		v.Problems = problems
		return d.renderEventForm(w, r, http.StatusUnprocessableEntity, v)
	}
	if h.State.Public() {
		return d.editPublished(w, r, f, p, v)
	}
	err = d.Events.Save(r.Context(), httpkit.Actor(r), h.ID, version, p, d.Now())
	if err == nil {
		return d.sendOn(w, r, f.Op, h.ID)
	}
	return d.refused(w, r, v, err)
}

// occupied puts a shift that the form has just taken away back when somebody is in it.
func (d *Room) occupied(v *page.EventFormView, h event.Held) (problem string, yes bool) {
	if !h.State.Public() {
		return "", false
	}
	for _, s := range h.Shifts {
		id := strconv.FormatInt(s.ID, 10)
		there := slices.ContainsFunc(v.Form.Shifts, func(f page.ShiftForm) bool { return f.ID == id })
		if !there && s.Confirmed+s.Held+s.Waiting > 0 {
			back := page.FormOf(h, d.City.Location()).Shifts
			v.Form.Shifts = append(v.Form.Shifts, back[slices.IndexFunc(back, func(f page.ShiftForm) bool { return f.ID == id })])
			return "publishing.problem.shift_in", true
		}
	}
	return "", false
}

// editPublished saves a published event: at once when nobody notices or the actor has looked at
// what it does to those who are in, otherwise it shows that first.
func (d *Room) editPublished(w http.ResponseWriter, r *http.Request, f page.EventForm, p event.Plan, v page.EventFormView) error {
	ctx, actor, h := r.Context(), httpkit.Actor(r), v.Event
	effect, err := d.Signups.Look(ctx, actor, h.ID, h.Version, p, d.Now())
	if err != nil {
		return d.refused(w, r, v, err)
	}
	if f.Op == "confirm" || effect.Silent() {
		_, err = d.Signups.Edit(ctx, actor, h.ID, h.Version, p, f.Agreed, d.Now())
		if err == nil {
			d.Flash(ctx, "good", "publishing.flash.changed")
			return d.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), h.ID))
		}
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Key != "publishing.more_affected" {
			return d.refused(w, r, v, err)
		}
	}
	c := page.ConfirmView{Event: h, Effect: effect, Again: err != nil}
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		if name == "op" || name == "agreed" {
			continue
		}
		for _, value := range r.PostForm[name] {
			c.Hidden = append(c.Hidden, page.Hidden{Name: name, Value: value})
		}
	}
	status := http.StatusOK
	if c.Again {
		status = http.StatusConflict
	}
	return d.Render(w, at(r, link.DeskEventEdit(httpkit.Lang(r), h.ID)), status, page.Confirm(c))
}

// refused shows the form again with what stood against saving it.
func (d *Room) refused(w http.ResponseWriter, r *http.Request, v page.EventFormView, err error) error {
	if isStale(err) {
		h, err := d.held(r)
		if err != nil {
			return err
		}
		v.Event = h
		return d.staleForm(w, r, v)
	}
	if short, ok := errors.AsType[signup.Short](err); ok {
		v.Short, v.Problems = short, map[string]string{}
		for i, s := range v.Form.Shifts {
			if slices.ContainsFunc(short, func(o signup.ShortOf) bool { return strconv.FormatInt(o.ShiftID, 10) == s.ID }) {
				v.Problems[event.SlotField(i, "capacity")] = "publishing.problem.capacity_taken"
			}
		}
		return d.renderEventForm(w, r, http.StatusConflict, v)
	}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return d.renderEventForm(w, r, http.StatusUnprocessableEntity, v)
	}
	return err
}

// staleForm shows a form that was made from an older version with what has changed meanwhile.
// When the event is as the form wants it already, the form was sent twice, and nothing is left
// to do.
func (d *Room) staleForm(w http.ResponseWriter, r *http.Request, v page.EventFormView) error {
	theirs := page.FormOf(v.Event, d.City.Location())
	if v.Form.Org != theirs.Org {
		if id, _ := strconv.ParseInt(v.Form.Org, 10, 64); d.mayHost(httpkit.Actor(r), event.Plan{OrgID: id}) != nil {
			return fault.NotFound()
		}
	}
	if p, wrong := v.Form.Plan(d.City.Location()); len(wrong) == 0 && says(p, v.Event) {
		d.Flash(r.Context(), "good", "publishing.flash.changed")
		return d.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), v.Event.ID))
	}
	v.Stale, _ = v.Form.Merge(theirs)
	v.IsStale = true
	return d.renderEventForm(w, r, http.StatusConflict, v)
}
