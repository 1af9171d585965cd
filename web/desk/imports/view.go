package imports

import (
	"context"
	"strconv"
	"time"

	"shtab/internal/eventimport"
	"shtab/internal/org"
	"shtab/web/ui"
)

// uploadView is the page that takes a file of events, and what is wrong with one.
type uploadView struct {
	Orgs     []org.Org // for which the actor may make events
	Org      string
	Publish  bool
	Problems map[string]string
	Reading  *eventimport.ReadResult // nil: no file was read
}

func (v uploadView) orgs(ctx context.Context) (options []ui.Option) {
	for _, o := range v.Orgs {
		options = append(options, ui.Option{Value: strconv.FormatInt(o.ID, 10), Text: ui.S(ctx, o.Name)})
	}
	return options
}

// dayText is an event's day in words, or as the file has it.
func dayText(ctx context.Context, day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return ui.P(ctx).CalendarDate(d)
}
