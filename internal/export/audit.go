package export

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
)

// AuditLog is who did what, as the audit's page has it.
const AuditLog Kind = "audit"

// ParseAuditQuery reads the audit's filters from its page's address: who, verb, object, object_id,
// from, to.
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

// FieldTexts are the words for fields that were changed; a field of an older version of the portal,
// which has none any more, stands as it is.
func FieldTexts(p *i18n.Printer, fields []string) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		key := "audit.field." + f
		if words[i] = p.T(key); words[i] == key {
			words[i] = f
		}
	}
	return strings.Join(words, ", ")
}

func auditTables(ctx context.Context, s *Store, query string, p *i18n.Printer) ([]Table, error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return nil, fault.BadRequest(err)
	}
	f := ParseAuditQuery(q, s.city.Location())
	n, err := audit.Count(ctx, s.db, f)
	if err != nil {
		return nil, err
	}
	return []Table{{
		Name: p.T("audit.title"), Rows: n,
		Head: []string{p.T("audit.when"), p.T("audit.who"), p.T("audit.who_number"), p.T("audit.what"), p.T("audit.object"), p.T("audit.object_number"), p.T("audit.fields"), p.T("audit.from_where")},
		Each: func(ctx context.Context, row func([]any) error) error {
			return audit.Each(ctx, s.db, f, func(l audit.Record) error {
				return row([]any{
					l.At.In(s.city.Location()), ActorName(p, l), l.ActorID, VerbText(p, l.Verb), p.T("audit.object_name." + l.Object), l.ObjectID,
					FieldTexts(p, l.Fields), l.FromIP,
				})
			})
		},
	}}, nil
}

// ActorName is who did it: a name, the portal, or somebody erased.
func ActorName(p *i18n.Printer, l audit.Record) string {
	switch {
	case l.Erased:
		return p.T("audit.erased")
	case l.ActorID == 0:
		return p.T("audit.portal")
	default:
		return l.Name
	}
}
