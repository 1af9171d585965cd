package events

import (
	"context"
	"strconv"

	"shtab/internal/event"
	"shtab/internal/field"
	"shtab/internal/org"
	"shtab/web/link"
	"shtab/web/ui"
)

// listView is the list of the events that one runs.
type listView struct {
	Search event.DeskQuery
	Lines  []event.DeskRow
	More   bool      // there is another page
	Orgs   []org.Org // whose events they may be
}

// narrowed reports whether the part of the search that is folded away holds something.
func (v listView) narrowed() bool {
	return v.Search.Stage != "" || v.Search.From != "" || v.Search.To != "" || v.Search.Org != 0
}

func (v listView) next(ctx context.Context) string {
	if !v.More {
		return ""
	}
	f := v.Search
	f.Page++
	return link.DeskEvents(ui.L(ctx), f.Values())
}

func (v listView) org() string {
	if v.Search.Org == 0 {
		return ""
	}
	return strconv.FormatInt(v.Search.Org, 10)
}

func (v listView) orgs(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "series.any_org")}}
	for _, o := range v.Orgs {
		options = append(options, ui.Option{Value: field.ShowID(o.ID), Text: ui.S(ctx, o.Name)})
	}
	return options
}

func stages(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "series.stage.any")}}
	for _, s := range event.Stages {
		options = append(options, ui.Option{Value: string(s), Text: ui.T(ctx, "series.stage."+string(s))})
	}
	return options
}
