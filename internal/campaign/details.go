package campaign

import (
	"slices"

	"shtab/internal/fault"
	"shtab/internal/i18n"
)

// State is how far a campaign has come.
type State string

// The states. A draft is seen by its organisation only; an archived one can be read and takes no
// new events.
const (
	StateDraft     State = "draft"
	StatePublished State = "published"
	StateArchived  State = "archived"
)

// Colours and Emblems are what a campaign may be drawn with: names of the palette in
// web/static/css and of the pictures in web/static/img/icons.svg.
var (
	Colours = []string{"sky", "river", "leaf", "steppe", "gold", "coral", "brick", "plum", "night"}
	Emblems = []string{"sun", "leaf", "tree", "basket", "house-heart", "mittens", "star", "shield", "brush"}
)

// GoalKind is what is counted towards a goal: one of GoalKinds, or the slug of a thing delivered.
type GoalKind string

// GoalKinds are the kinds that every campaign has, in the order of the form.
var GoalKinds = []GoalKind{"events", "participations", "hours"}

// IsDelivery reports whether things delivered are counted.
func (k GoalKind) IsDelivery() bool { return !slices.Contains(GoalKinds, k) }

// MaxDeliveryGoals is how many things delivered a campaign may hope for.
const MaxDeliveryGoals = 3

// Goal is what a campaign hopes to reach.
type Goal struct {
	Kind   GoalKind
	Target int
}

// DeliveryKind is a kind of thing delivered, of the list that staff keep.
type DeliveryKind struct {
	Slug GoalKind
	Name i18n.Text
	Unit i18n.Text
}

// ManagedCampaign is a campaign as those who keep it hold it.
type ManagedCampaign struct {
	Details
	ID      int64
	Slug    string
	State   State
	Version int
	OrgName i18n.Text
	Open    bool // the headquarters': open to every organisation
	Events  int  // held under it, drafts included
}

// check is what is wrong with a plan; a draft needs no more than a name in one language.
func (p Details) check(publish bool) fault.Fields {
	f := fault.Fields{}
	fields.CheckLengths(&p, "campaign_desk.error.long", f)
	if p.Name.IsZero() {
		f.Add("name_kk", "campaign_desk.error.name")
	}
	if publish {
		for _, l := range []i18n.Lang{i18n.KK, i18n.RU} {
			if p.Name.Get(l) == "" {
				f.Add("name_"+string(l), "campaign_desk.error.name_"+string(l))
			}
			if p.Summary.Get(l) == "" {
				f.Add("summary_"+string(l), "campaign_desk.error.summary_"+string(l))
			}
		}
	}
	if !slices.Contains(Colours, p.Colour) {
		f.Add("colour", "campaign_desk.error.colour")
	}
	if !slices.Contains(Emblems, p.Emblem) {
		f.Add("emblem", "campaign_desk.error.emblem")
	}
	if p.StartsOn != nil && p.EndsOn != nil && p.EndsOn.Before(*p.StartsOn) {
		f.Add("ends_on", "campaign_desk.error.period")
	}
	things := 0
	for _, g := range p.Goals {
		field := "goal_" + string(g.Kind)
		if g.Kind.IsDelivery() {
			field = "things"
			things++
		}
		if g.Target < 1 || g.Target > 10_000_000 {
			f.Add(field, "campaign_desk.error.goal")
		}
	}
	if things > MaxDeliveryGoals {
		f.Add("things", "campaign_desk.error.things")
	}
	return f
}

// diff is the names of the fields in which d is not what c says.
func (c ManagedCampaign) diff(d Details) []string {
	d.Invited = invitees(d.Invited, c.OrgID)
	return fields.Diff(&d, &c.Details)
}
