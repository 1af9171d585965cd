package events

import (
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/field"
	"shtab/internal/org"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// maxEventForm is how many bytes of an event's form are read: three languages at full length.
const maxEventForm = 512 << 10

// NewEvent shows the form of a new event: GET /{lang}/desk/events/new.
func (h *Handler) NewEvent(w http.ResponseWriter, r *http.Request) error {
	f := eventForm{
		Key:    rand.Text(),
		inputs: map[string]string{"cutoff_minutes": strconv.Itoa(h.City.Rules.CutoffMinutes)},
	}
	if orgs := httpkit.Actor(r).Orgs; len(orgs) > 0 {
		f.inputs["org"] = field.ShowID(orgs[0])
		last, err := event.LastCampaign(r.Context(), h.DB, orgs[0])
		if err != nil {
			return err
		}
		f.inputs["campaign"] = field.ShowID(last)
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
	chosen, _ := strconv.ParseInt(v.Form.get("org"), 10, 64)
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
	if v.Campaigns, err = campaign.Choices(ctx, h.DB, orgs, actor.Can(account.RunAllEvents),
		v.Event.CampaignID); err != nil {
		return err
	}
	d, _ := v.Form.details(zone)
	v.AgeLimits = event.AgeLimits(event.Event{Details: d}, d.Shifts(zone), h.City.Rules, zone)
	return h.Render(w, r, status, formPage(v))
}

// CreateEvent makes a draft of the form, and publishes it when that is the button:
// POST /{lang}/desk/events/new.
func (h *Handler) CreateEvent(w http.ResponseWriter, r *http.Request) error {
	var f eventForm
	if err := f.read(w, r); err != nil {
		return err
	}
	done := f.press()
	v := formView{Form: f}
	if done {
		return h.renderForm(w, r, http.StatusOK, v)
	}
	ctx, actor := r.Context(), httpkit.Actor(r)
	d, problems := h.detailsOf(f, event.ManagedEvent{})
	if err := h.mayHost(actor, d); err != nil {
		return err
	}
	if len(problems) == 0 {
		id, err := h.Events.Create(ctx, actor, d, f.Key, h.Now())
		if err == nil {
			return h.created(w, r, f, d, id)
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

// matches reports whether an event is what d says already.
func matches(d event.Details, e event.ManagedEvent) bool {
	bare := func(slots []event.Slot) []event.Slot {
		slots = slices.Clone(slots)
		for i := range slots {
			slots[i].ShiftID = 0
		}
		return slots
	}
	d.Slots, e.Slots = bare(d.Slots), bare(e.Slots)
	return len(d.Diff(e.Details)) == 0
}

// created goes on from a form that has made an event. When the same form had made it before and
// says something else now, as after the browser's way back, both are shown: nothing is lost.
func (h *Handler) created(w http.ResponseWriter, r *http.Request, f eventForm, d event.Details, id int64) error {
	e, err := h.Events.Get(r.Context(), httpkit.Actor(r), id)
	if err != nil {
		return err
	}
	if matches(d, e) {
		return h.sendOn(w, r, f.Op, id)
	}
	f.Base = ""
	for i := range min(len(f.Shifts), len(e.Shifts)) { // published since: these are its shifts, not more of them
		f.Shifts[i].ID = strconv.FormatInt(e.Shifts[i].ID, 10)
	}
	return h.staleForm(w, r, formView{Event: e, Form: f})
}

// mayHost checks that a form that comes back with problems names a host of the actor's, like one
// that is saved.
func (h *Handler) mayHost(actor account.Actor, d event.Details) error {
	if d.OrgID != 0 && !actor.ActsFor(d.OrgID) {
		return fault.NotFound()
	}
	return nil
}

// detailsOf is what the form says, and the problems with doing what its button asks: a draft may be
// incomplete, what is published or is to be may not.
func (h *Handler) detailsOf(f eventForm, e event.ManagedEvent) (event.Details, fault.Fields) {
	d, problems := f.details(h.City.Location())
	more := d.Validate()
	if e.State == event.Published {
		more = d.ValidateToPublish(h.City, h.Now(), e.Shifts)
	} else if f.Op == "publish" {
		more = d.ValidateToPublish(h.City, h.Now(), nil)
	} else if d.OrgID == 0 {
		more.Add("org", "publishing.problem.org")
	} else if d.CampaignID == 0 {
		more.Add("campaign", "publishing.problem.campaign")
	}
	for name, key := range more {
		problems.Add(name, key)
	}
	return d, problems
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
	var f eventForm
	if err := f.read(w, r); err != nil {
		return err
	}
	done := f.press()
	e, err := h.event(r)
	if err != nil {
		return err
	}
	if err := h.changeable(e); err != nil {
		return err
	}
	v := formView{Event: e, Form: f}
	if e.State.Public() {
		f.inputs["org"] = field.ShowID(e.OrgID)
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
	d, problems := h.detailsOf(f, e)
	if d.OrgID != e.OrgID {
		if err := h.mayHost(httpkit.Actor(r), d); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		v.Problems = problems
		return h.renderForm(w, r, http.StatusUnprocessableEntity, v)
	}
	if e.State.Public() {
		return h.editPublished(w, r, f, d, v)
	}
	err = h.Events.Save(r.Context(), httpkit.Actor(r), e.ID, version, d, h.Now())
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
			v.Form.Shifts = append(v.Form.Shifts,
				back[slices.IndexFunc(back, func(f shiftForm) bool { return f.ID == id })])
			return "publishing.problem.shift_in", true
		}
	}
	return "", false
}

// editPublished saves a published event: at once when nobody notices or the actor has looked at
// what it does to those who are in, otherwise it shows that first.
func (h *Handler) editPublished(w http.ResponseWriter, r *http.Request, f eventForm, d event.Details,
	v formView,
) error {
	ctx, actor, e := r.Context(), httpkit.Actor(r), v.Event
	effect, err := h.Signups.PreviewEdit(ctx, actor, e.ID, e.Version, d, h.Now())
	if err != nil {
		return h.refused(w, r, v, err)
	}
	if f.Op == "confirm" || effect.Silent() {
		_, err = h.Signups.Edit(ctx, actor, e.ID, e.Version, d, f.Agreed, h.Now())
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

// refused shows the form again with the problems of saving it.
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
			if slices.ContainsFunc(short, func(o signup.OverbookedShift) bool {
				return strconv.FormatInt(o.ShiftID,
					10) == s.ID
			}) {
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
	if v.Form.get("org") != theirs.get("org") {
		if id, _ := strconv.ParseInt(v.Form.get("org"), 10, 64); h.mayHost(httpkit.Actor(r),
			event.Details{OrgID: id}) != nil {
			return fault.NotFound()
		}
	}
	if d, wrong := v.Form.details(h.City.Location()); len(wrong) == 0 && matches(d, v.Event) {
		h.Flash(r.Context(), "good", "publishing.flash.changed")
		return h.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), v.Event.ID))
	}
	v.Stale, _ = v.Form.merge(theirs)
	v.IsStale = true
	return h.renderForm(w, r, http.StatusConflict, v)
}
