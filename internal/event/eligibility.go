package event

import (
	"time"

	"shtab/internal/config"
	"shtab/internal/i18n"
)

// Cause names a reason why a person may not have a place.
type Cause string

// The causes, in the order in which Check returns them: first what concerns the event, then
// the person, last what only changes the state of the sign-up.
const (
	EventCancelled Cause = "event_cancelled"
	EventOver      Cause = "event_over"      // the shift has ended
	SignupClosed   Cause = "signup_closed"   // the window has passed or the shift has begun
	SignupNotOpen  Cause = "signup_not_open" // At says when it opens
	AdultsOnly     Cause = "adults_only"     // Ground says why
	TooYoung       Cause = "too_young"       // Age says from how many years
	Clash          Cause = "clash"           // Other is the confirmed shift that overlaps
	TooMany        Cause = "too_many"        // coming sign-ups; Age says how many are allowed
	// did not come, time after time; Age says how many sign-ups are allowed until they do
	NoShows       Cause = "no_shows"
	Night         Cause = "night"          // a minor at those hours: a guardian must come along
	ConsentNeeded Cause = "consent_needed" // a guardian must agree first
)

// Reason is one reason why somebody may not have a place, with what a text about it needs.
type Reason struct {
	Cause  Cause
	Age    int        // TooYoung, ConsentNeeded: years; TooMany, NoShows: sign-ups
	Ground Ground     // AdultsOnly
	At     time.Time  // SignupNotOpen: opens; SignupClosed, EventOver: since
	Other  Commitment // Clash
}

// NeedsConsent reports whether the reason only makes the sign-up wait, for a guardian, rather than
// refusing it.
func (r Reason) NeedsConsent() bool { return r.Cause == ConsentNeeded || r.Cause == Night }

// Commitment is another coming shift in which the person is confirmed.
type Commitment struct {
	EventID  int64
	ShiftID  int64
	Title    i18n.Text
	StartsAt time.Time
	EndsAt   time.Time
}

// Consent is what a person's guardian has agreed to.
type Consent struct {
	EventID     int64 // 0: every event fit for the age
	Accompanied bool  // the guardian comes along
}

// Candidate is what must be known of a person to decide on a place.
type Candidate struct {
	BirthDate   time.Time // a calendar date at midnight UTC; zero when erased
	Consents    []Consent // in force
	Commitments []Commitment
	Open        int  // coming sign-ups that are not cancelled, this shift's left out
	Placed      int  // those of them that have a place
	In          bool // is signed up for this shift already
	NoShows     int  // since the last attendance, by the start of the shifts, corrections counted
}

// Check returns the reasons why c may not have a place in s of e at now, in a fixed
// order, nothing when the place may be given. Whether one is free is not asked here. The rules
// are those of the law (config.Rules has the thresholds and their source); age counts at the
// start of the shift, in zone.
func Check(c Candidate, e Event, s Shift, rules config.Rules, zone *time.Location, now time.Time) []Reason {
	var reasons []Reason
	no := func(r Reason) { reasons = append(reasons, r) }

	if e.State != Published {
		no(Reason{Cause: EventCancelled})
	}
	closes := s.StartsAt
	if e.SignupClosesAt != nil && e.SignupClosesAt.Before(closes) {
		closes = *e.SignupClosesAt
	}
	switch {
	case !now.Before(s.EndsAt):
		no(Reason{Cause: EventOver, At: s.EndsAt})
	case !now.Before(closes):
		no(Reason{Cause: SignupClosed, At: closes})
	case e.SignupOpensAt != nil && now.Before(*e.SignupOpensAt):
		no(Reason{Cause: SignupNotOpen, At: *e.SignupOpensAt})
	}

	return append(reasons, c.check(e, s, rules, zone)...)
}

// Recheck is Check for somebody who is in already, waiting or confirmed: the sign-up
// window does not matter to them, the rest does.
func Recheck(c Candidate, e Event, s Shift, rules config.Rules, zone *time.Location) []Reason {
	var reasons []Reason
	if e.State != Published {
		reasons = append(reasons, Reason{Cause: EventCancelled})
	}
	return append(reasons, c.check(e, s, rules, zone)...)
}

func (c Candidate) check(e Event, s Shift, rules config.Rules, zone *time.Location) (reasons []Reason) {
	no := func(r Reason) { reasons = append(reasons, r) }
	age := AgeAt(c.BirthDate, s.StartsAt, zone)
	minor := age < rules.AdultAge
	consented, accompanied := c.consent(e.ID)

	if e.AdultsOnly != "" && minor {
		no(Reason{Cause: AdultsOnly, Age: rules.AdultAge, Ground: e.AdultsOnly})
	}
	if from := max(e.MinAge, s.MinAge); age < from {
		no(Reason{Cause: TooYoung, Age: from})
	}
	for _, o := range c.Commitments {
		if o.ShiftID != s.ID && o.StartsAt.Before(s.EndsAt) && s.StartsAt.Before(o.EndsAt) {
			no(Reason{Cause: Clash, Other: o})
			break
		}
	}
	if c.Open >= rules.MaxOpenSignups {
		no(Reason{Cause: TooMany, Age: rules.MaxOpenSignups})
	}
	open := c.Open
	if c.In { // nobody who waits in three queues stands in their own way
		open = c.Placed
	}
	if !rules.AllowsAnotherSignup(c.NoShows, open) {
		no(Reason{Cause: NoShows, Age: rules.NoShowSignups})
	}
	if minor && !accompanied && AtNight(s.StartsAt, s.EndsAt, rules, zone) {
		no(Reason{Cause: Night, Age: rules.AdultAge})
	}
	if from := rules.GuardianAge(); age < from && !consented {
		no(Reason{Cause: ConsentNeeded, Age: from})
	}
	return reasons
}

func (c Candidate) consent(eventID int64) (given, accompanied bool) {
	for _, k := range c.Consents {
		if k.EventID == 0 || k.EventID == eventID {
			given = true
			accompanied = accompanied || k.Accompanied
		}
	}
	return given, accompanied
}

// Blocks reports whether any of reasons refuses a sign-up rather than making it wait.
func Blocks(reasons []Reason) bool {
	for _, r := range reasons {
		if !r.NeedsConsent() {
			return true
		}
	}
	return false
}

// AgeAt is the age in full years on the day that at is in zone. Who was born on 29 February
// grows older on 1 March of the other years.
func AgeAt(birth, at time.Time, zone *time.Location) int {
	by, bm, bd := birth.Date()
	y, m, d := at.In(zone).Date()
	age := y - by
	if m < bm || (m == bm && d < bd) {
		age--
	}
	return age
}

// AtNight reports whether [from, to) touches the hours at which unaccompanied minors are at home.
func AtNight(from, to time.Time, rules config.Rules, zone *time.Location) bool {
	y, m, d := from.In(zone).Date()
	for day := d - 1; ; day++ {
		start := time.Date(y, m, day, rules.NightFrom, 0, 0, 0, zone)
		end := time.Date(y, m, day+1, rules.NightTo, 0, 0, 0, zone)
		if !start.Before(to) {
			return false
		}
		if from.Before(end) {
			return true
		}
	}
}
