package export

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/i18n"
)

// ParseAuditQuery reads the filters of the audit's page from its address: who, verb, object, object_id, from,
// to.
func ParseAuditQuery(q url.Values, zone *time.Location) audit.Query {
	f := audit.Query{Who: q.Get("who"), Verb: q.Get("verb"), Object: q.Get("object")}
	f.ObjectID, _ = strconv.ParseInt(q.Get("object_id"), 10, 64)
	if from, err := time.ParseInLocation(time.DateOnly, q.Get("from"), zone); err == nil {
		f.From = from
	}
	if to, err := time.ParseInLocation(time.DateOnly, q.Get("to"), zone); err == nil {
		f.To = to.AddDate(0, 0, 1)
	}
	return f
}

// VerbText is what was done, in words.
func VerbText(p *i18n.Printer, verb string) string {
	return p.T("audit.verb." + strings.ReplaceAll(verb, ".", "_"))
}

// FieldTexts are the names of changed fields. A field of an older version of the portal, which has no name any
// more, is left as it is.
func FieldTexts(p *i18n.Printer, fields []string) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		key := "audit.field." + f
		if words[i] = p.T(key); words[i] != key {
			continue
		}
		words[i] = f
		if of, ok := event.Form().Of(f); ok {
			words[i] = strings.ToLower(p.T(of.Label))
		}
	}
	return strings.Join(words, ", ")
}

// auditColumns are the columns of the file, by their keys in the catalogue.
var auditColumns = []string{
	"audit.when", "audit.who", "audit.who_number", "audit.what", "audit.object", "audit.object_number", "audit.fields",
	"audit.from_where",
}

func auditSheets(ctx context.Context, s *Store, in input) ([]Sheet, error) {
	p, zone := in.printer, s.city.Location()
	query := ParseAuditQuery(in.filters, zone)
	n, err := audit.Count(ctx, s.db, query)
	if err != nil {
		return nil, err
	}
	sheet := Sheet{Name: p.T("audit.title"), Rows: n, Each: func(ctx context.Context, row func([]any) error) error {
		return audit.Each(ctx, s.db, query, func(r audit.Record) error {
			return row([]any{
				r.At.In(zone), ActorName(p, r), r.ActorID, VerbText(p, r.Verb), p.T("audit.object_name." + r.Object),
				r.ObjectID,
				FieldTexts(p, r.Fields), r.FromIP,
			})
		})
	}}
	for _, c := range auditColumns {
		sheet.Head = append(sheet.Head, p.T(c))
	}
	return []Sheet{sheet}, nil
}

// ActorName is who did it: a person's name, the portal, or somebody who was erased.
func ActorName(p *i18n.Printer, r audit.Record) string {
	switch {
	case r.Erased:
		return p.T("audit.erased")
	case r.ActorID == 0:
		return p.T("audit.portal")
	default:
		return r.Name
	}
}
