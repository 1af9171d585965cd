package campaigns

import (
	"context"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/totals"
	"shtab/web/ui"
)

// campaignView is one campaign with what was done under it.
type campaignView struct {
	Campaign  campaign.Campaign
	Sums      totals.Sums
	Goals     []campaign.NamedGoal
	Delivered map[string]int // by kind
	Coming    event.Page
	Past      []event.Card
}

// done is what has been reached towards a goal.
func (v campaignView) done(k campaign.GoalKind) int {
	switch k {
	case "events":
		return v.Sums[totals.Events]
	case "hours":
		return v.Sums[totals.Minutes] / 60
	case "participations":
		return v.Sums[totals.Participations]
	default:
		return v.Delivered[string(k)]
	}
}

// period is from when to when the campaign runs, in words.
func (v campaignView) period(ctx context.Context) string {
	p, c := ui.P(ctx), v.Campaign
	switch {
	case c.Archived:
		return ui.T(ctx, "campaign_goal.ended")
	case c.StartsOn != nil && c.EndsOn != nil:
		return ui.T(ctx, "campaign_goal.runs", "from", p.CalendarDate(*c.StartsOn), "to", p.CalendarDate(*c.EndsOn))
	case c.StartsOn != nil:
		return ui.T(ctx, "campaign_goal.runs_from", "from", p.CalendarDate(*c.StartsOn))
	case c.EndsOn != nil:
		return ui.T(ctx, "campaign_goal.runs_to", "to", p.CalendarDate(*c.EndsOn))
	default:
		return ""
	}
}
