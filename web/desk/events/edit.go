package events

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
	"shtab/web/link"
)

// maxEventForm is how many bytes of an event's form are read: three languages at full length.
const maxEventForm = 512 << 10

// NewEvent shows the form of a new event: GET /{lang}/desk/events/new.
func (h *Handler) NewEvent(w http.ResponseWriter, r *http.Request) error {
	f := eventForm{Key: rand.Text(), Cutoff: strconv.Itoa(h.City.Rules.CutoffMinutes)}
	if orgs := httpkit.Actor(r).Orgs; len(orgs) > 0 {
		f.Org = strconv.FormatInt(orgs[0], 10)
		last, err := event.LastCampaign(r.Context(), h.DB, orgs[0])
		if err != nil {
			return err
		}
		if last != 0 {
			f.Campaign = strconv.FormatInt(last, 10)
		}
	}
	return h.renderForm(w, r, http.StatusOK, formView{Form: f})
}

// EditEvent shows the form of an existing event: GET /{lang}/desk/events/{id}/edit.
func (h *Handler) EditEvent(w http.ResponseWriter, r *http.Request) error {
	e, err := h.event(r)
	if err != nil {
		return err
	}
	if err := h.changeable(e); err != nil {
		return err
	}
	return h.renderForm(w, r, http.StatusOK, formView{Event: e, Form: formOf(e, h.City.Location())})
}

// changeable is the fault of an event in which nothing can be changed any more.
func (h *Handler) changeable(e event.ManagedEvent) error {
	switch {
	case e.State == event.Cancelled:
		return fault.Conflict("signup.event_cancelled")
	case e.State == event.Published && !h.Now().Before(e.EndsAt):
		return fault.Conflict("signup.over")
	}
	return nil
}

// renderForm draws the form with what it offers to choose from.
func (h *Handler) renderForm(w http.ResponseWriter, r *http.Request, status int, v formView) error {
	ctx, actor, zone := r.Context(), httpkit.Actor(r), h.City.Location()
	if r.Method == http.MethodPost {
		if v.Event.ID == 0 {
			r = httpkit.AtLink(r, link.DeskEventNew(httpkit.Lang(r)))
		} else {
			r = httpkit.AtLink(r, link.DeskEventEdit(httpkit.Lang(r), v.Event.ID))
		}
	}
	var err error
	if v.Orgs, err = org.List(ctx, h.DB, httpkit.Lang(r)); err != nil {
		return err
	}
	chosen, _ := strconv.ParseInt(v.Form.Org, 10, 64)
	v.Trusted = v.Event.Host == org.Trusted
	for _, o := range v.Orgs {
		if actor.ActsFor(o.ID) || o.ID == v.Event.OrgID {
			v.Hosts = append(v.Hosts, o)
		}
		if o.ID == chosen {
			v.Trusted = o.State == org.Trusted
		}
	}
	orgs := append(slices.Clone(actor.Orgs), v.Event.OrgID)
	if v.Campaigns, err = campaign.Choices(ctx, h.DB, orgs, actor.Can(account.RunAllEvents), v.Event.CampaignID); err != nil {
		return err
	}
	p, _ := v.Form.Plan(zone)
	v.Excludes = event.AgeLimits(event.Event{AdultsOnly: p.AdultsOnly, MinAge: p.MinAge}, p.Shifts(zone), h.City.Rules, zone)
	return h.Render(w, r, status, formPage(v))
}

// readEvent reads an event's form. done is true when the button only asked for another look at
// the form, with a row more or less, and v is to be drawn.
func (h *Handler) readEvent(w http.ResponseWriter, r *http.Request) (f eventForm, done bool, err error) {
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

// CreateEvent makes a draft of the form, and publishes it when that is the button:
// POST /{lang}/desk/events/new.
func (h *Handler) CreateEvent(w http.ResponseWriter, r *http.Request) error {
	f, done, err := h.readEvent(w, r)
	if err != nil {
		return err
	}
	v := formView{Form: f}
	if done {
		return h.renderForm(w, r, http.StatusOK, v)
	}
	ctx, actor := r.Context(), httpkit.Actor(r)
	p, problems := h.planOf(f, event.ManagedEvent{})
	if err := h.mayHost(actor, p); err != nil {
		return err
	}
	if len(problems) == 0 {
		var id int64
		if id, err = h.Events.Create(ctx, actor, p, f.Key, h.Now()); err == nil {
			return h.created(w, r, f, p, id)
		}
		found, ok := httpkit.Problems(err)
		if !ok {
			return err
		}
		problems = found
	}
	v.Problems = problems
	return h.renderForm(w, r, http.StatusUnprocessableEntity, v)
}

// says reports whether an event is what p says already.
func says(p event.Details, e event.ManagedEvent) bool {
	bare := func(slots []event.Slot) []event.Slot {
		slots = slices.Clone(slots)
		for i := range slots {
			slots[i].ShiftID = 0
		}
		return slots
	}
	p.Slots, e.Slots = bare(p.Slots), bare(e.Slots)
	return len(p.Diff(e.Details)) == 0
}

// created goes on from a form that has made an event. When the same form had made it before and
// says something else now, as after the browser's way back, both are shown: nothing is lost.
func (h *Handler) created(w http.ResponseWriter, r *http.Request, f eventForm, p event.Details, id int64) error {
	e, err := h.Events.Get(r.Context(), httpkit.Actor(r), id)
	if err != nil {
		return err
	}
	if says(p, e) {
		return h.sendOn(w, r, f.Op, id)
	}
	f.Base = ""
	for i := range min(len(f.Shifts), len(e.Shifts)) { // published since: these are its shifts, not more of them
		f.Shifts[i].ID = strconv.FormatInt(e.Shifts[i].ID, 10)
	}
	return h.staleForm(w, r, formView{Event: e, Form: f})
}

// mayHost holds that a form that comes back with problems names a host of the actor's, like one
// that is saved.
func (h *Handler) mayHost(actor account.Actor, p event.Details) error {
	if p.OrgID != 0 && !actor.ActsFor(p.OrgID) {
		return fault.NotFound()
	}
	return nil
}

// planOf is what the form says and what stands against doing what its button asks: a draft may
// be incomplete, what is published or is to be may not.
func (h *Handler) planOf(f eventForm, e event.ManagedEvent) (event.Details, fault.Fields) {
	p, problems := f.Plan(h.City.Location())
	more := p.Validate()
	if e.State == event.Published {
		more = p.ValidateToPublish(h.City, h.Now(), e.Shifts)
	} else if f.Op == "publish" {
		more = p.ValidateToPublish(h.City, h.Now(), nil)
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
func (h *Handler) sendOn(w http.ResponseWriter, r *http.Request, op string, id int64) error {
	switch op {
	case "publish":
		return h.publish(w, r, id, 0)
	case "preview":
		return h.Redirect(w, r, link.Event(httpkit.Lang(r), id))
	default:
		h.Flash(r.Context(), "good", "publishing.flash.saved")
		return h.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), id))
	}
}

// SaveEvent writes an event over with its form: POST /{lang}/desk/events/{id}/edit. What is
// published shows first what that does to those who are in.
func (h *Handler) SaveEvent(w http.ResponseWriter, r *http.Request) error {
	f, done, err := h.readEvent(w, r)
	if err != nil {
		return err
	}
	e, err := h.event(r)
	if err != nil {
		return err
	}
	if err := h.changeable(e); err != nil {
		return err
	}
	v := formView{Event: e, Form: f}
	if e.State.Public() {
		f.Org, v.Form.Org = strconv.FormatInt(e.OrgID, 10), strconv.FormatInt(e.OrgID, 10)
	}
	if done {
		if problem, ok := h.occupied(&v, e); ok {
			v.Problems = map[string]string{"shifts": problem}
			return h.renderForm(w, r, http.StatusUnprocessableEntity, v)
		}
		return h.renderForm(w, r, http.StatusOK, v)
	}
	version, _ := strconv.Atoi(f.Version)
	if version != e.Version {
		return h.staleForm(w, r, v)
	}
	p, problems := h.planOf(f, e)
	if p.OrgID != e.OrgID {
		if err := h.mayHost(httpkit.Actor(r), p); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		v.Problems = problems
		return h.renderForm(w, r, http.StatusUnprocessableEntity, v)
	}
	if e.State.Public() {
		return h.editPublished(w, r, f, p, v)
	}
	err = h.Events.Save(r.Context(), httpkit.Actor(r), e.ID, version, p, h.Now())
	if err == nil {
		return h.sendOn(w, r, f.Op, e.ID)
	}
	return h.refused(w, r, v, err)
}

// occupied puts a shift that the form has just taken away back when somebody is in it.
func (h *Handler) occupied(v *formView, e event.ManagedEvent) (problem string, yes bool) {
	if !e.State.Public() {
		return "", false
	}
	for _, s := range e.Shifts {
		id := strconv.FormatInt(s.ID, 10)
		there := slices.ContainsFunc(v.Form.Shifts, func(f shiftForm) bool { return f.ID == id })
		if !there && s.Confirmed+s.Held+s.Waiting > 0 {
			back := formOf(e, h.City.Location()).Shifts
			v.Form.Shifts = append(v.Form.Shifts, back[slices.IndexFunc(back, func(f shiftForm) bool { return f.ID == id })])
			return "publishing.problem.shift_in", true
		}
	}
	return "", false
}

// editPublished saves a published event: at once when nobody notices or the actor has looked at
// what it does to those who are in, otherwise it shows that first.
func (h *Handler) editPublished(w http.ResponseWriter, r *http.Request, f eventForm, p event.Details, v formView) error {
	ctx, actor, e := r.Context(), httpkit.Actor(r), v.Event
	effect, err := h.Signups.PreviewEdit(ctx, actor, e.ID, e.Version, p, h.Now())
	if err != nil {
		return h.refused(w, r, v, err)
	}
	if f.Op == "confirm" || effect.Silent() {
		_, err = h.Signups.Edit(ctx, actor, e.ID, e.Version, p, f.Agreed, h.Now())
		if err == nil {
			h.Flash(ctx, "good", "publishing.flash.changed")
			return h.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), e.ID))
		}
		if key, _ := httpkit.Conflict(err); key != "publishing.more_affected" {
			return h.refused(w, r, v, err)
		}
	}
	c := confirmView{Event: e, Effect: effect, Again: err != nil}
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		if name == "op" || name == "agreed" {
			continue
		}
		for _, value := range r.PostForm[name] {
			c.Hidden = append(c.Hidden, hiddenField{Name: name, Value: value})
		}
	}
	status := http.StatusOK
	if c.Again {
		status = http.StatusConflict
	}
	return h.Render(w, httpkit.AtLink(r, link.DeskEventEdit(httpkit.Lang(r), e.ID)), status, confirmPage(c))
}

// refused shows the form again with what stood against saving it.
func (h *Handler) refused(w http.ResponseWriter, r *http.Request, v formView, err error) error {
	if isStale(err) {
		e, err := h.event(r)
		if err != nil {
			return err
		}
		v.Event = e
		return h.staleForm(w, r, v)
	}
	if short, ok := errors.AsType[signup.Overbooked](err); ok {
		v.Short, v.Problems = short, map[string]string{}
		for i, s := range v.Form.Shifts {
			if slices.ContainsFunc(short, func(o signup.OverbookedShift) bool { return strconv.FormatInt(o.ShiftID, 10) == s.ID }) {
				v.Problems[event.SlotField(i, "capacity")] = "publishing.problem.capacity_taken"
			}
		}
		return h.renderForm(w, r, http.StatusConflict, v)
	}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderForm(w, r, http.StatusUnprocessableEntity, v)
	}
	return err
}

// staleForm shows a form that was made from an older version with what has changed meanwhile.
// When the event is as the form wants it already, the form was sent twice, and nothing is left
// to do.
func (h *Handler) staleForm(w http.ResponseWriter, r *http.Request, v formView) error {
	theirs := formOf(v.Event, h.City.Location())
	if v.Form.Org != theirs.Org {
		if id, _ := strconv.ParseInt(v.Form.Org, 10, 64); h.mayHost(httpkit.Actor(r), event.Details{OrgID: id}) != nil {
			return fault.NotFound()
		}
	}
	if p, wrong := v.Form.Plan(h.City.Location()); len(wrong) == 0 && says(p, v.Event) {
		h.Flash(r.Context(), "good", "publishing.flash.changed")
		return h.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), v.Event.ID))
	}
	v.Stale, _ = v.Form.Merge(theirs)
	v.IsStale = true
	return h.renderForm(w, r, http.StatusConflict, v)
}
