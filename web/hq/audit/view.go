package audit

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/web/link"
	"shtab/web/ui"
)

// view is a page of the audit.
type view struct {
	Query  url.Values // the filters, as in the address
	Filter audit.Query
	List   []audit.Record
	Next   int64 // the entry before which the next page begins; 0: none
}

func (v view) next(ctx context.Context) string {
	if v.Next == 0 {
		return ""
	}
	q := maps.Clone(v.Query)
	q.Set("before", strconv.FormatInt(v.Next, 10))
	return link.HQAudit(ui.L(ctx), q)
}

// subjects are what the entries are filtered for, by the first word of their verbs.
var subjects = []string{
	"account", "attendance", "campaign", "consent_text", "delivery_kind", "door", "event", "export", "factor",
	"guardian", "hours", "intake",
	"message", "org", "people", "results", "roster", "settings", "shift", "signup",
}

func (v view) verbOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, s := range subjects {
		options = append(options, ui.Option{Value: s, Text: ui.T(ctx, "audit.subject."+s)})
	}
	if f := v.Filter.Verb; f != "" && !slices.Contains(subjects, f) {
		options = append(options, ui.Option{Value: f, Text: f})
	}
	return options
}

func (v view) objectOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, o := range []string{
		"person", "event", "org", "signup", "campaign", "shift", "guardian", "export",
		"city_setting",
	} {
		options = append(options, ui.Option{Value: o, Text: ui.T(ctx, "audit.object_name."+o)})
	}
	return options
}

// objectPath is the page of the object of an entry; empty where it has none, or not for whoever looks.
func objectPath(ctx context.Context, l audit.Record) string {
	var needs account.Capability
	var path string
	switch l.Object {
	case "event":
		needs, path = account.RunAllEvents, link.DeskEvent(ui.L(ctx), l.ObjectID)
	case "org":
		needs, path = account.ManageOrganizations, link.HQOrganization(ui.L(ctx), l.ObjectID)
	case "city_setting":
		needs, path = account.SetCity, link.HQSettings(ui.L(ctx))
	}
	if !ui.Can(ctx, needs) {
		return ""
	}
	return path
}

// objectID is the number that is filtered for, empty for none.
func (v view) objectID() string {
	if v.Filter.ObjectID == 0 {
		return ""
	}
	return strconv.FormatInt(v.Filter.ObjectID, 10)
}
