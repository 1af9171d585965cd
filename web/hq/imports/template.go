package imports

import (
	"time"

	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/eventimport"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/sheet"
)

// eventSheet is the sheet to fill in: the head, and one event as an example.
func eventSheet(
	p *i18n.Printer, city *config.City, orgs []org.Org, campaigns []campaign.Choice,
	kinds []eventimport.DeliveryColumn,
) sheet.Sheet {
	s := sheet.Sheet{Name: p.T("intake.sheet_events")}
	for _, c := range eventimport.HistoryColumns {
		s.Head = append(s.Head, p.T("history.column."+c))
	}
	for _, k := range kinds {
		s.Head = append(s.Head, p.Text(k.Name))
	}
	day := time.Date(city.Since, time.May, 9, 0, 0, 0, 0, time.UTC)
	example := []any{
		p.T("intake.example"), day, "Саябақты тазалау", "Уборка парка", "Cleaning the park",
		"", "", p.Text(city.OpenDistricts()[0].Name), 45, 135,
	}
	if len(orgs) > 0 {
		example[5] = p.Text(orgs[0].Name)
	}
	if len(campaigns) > 0 {
		example[6] = p.Text(campaigns[0].Name)
	}
	s.Rows = [][]any{example}
	return s
}

// nameSheet is the sheet of the names that a file may use.
func nameSheet(p *i18n.Printer, city *config.City, orgs []org.Org, campaigns []campaign.Choice) sheet.Sheet {
	s := sheet.Sheet{
		Name: p.T("intake.sheet_words"),
		Head: []string{
			p.T("history.column.organization"), p.T("history.column.campaign"),
			p.T("history.column.district"),
		},
	}
	for i := range max(len(orgs), len(campaigns), len(city.Districts)) {
		row := []any{nil, nil, nil}
		if i < len(orgs) {
			row[0] = p.Text(orgs[i].Name)
		}
		if i < len(campaigns) {
			row[1] = p.Text(campaigns[i].Name)
		}
		if i < len(city.Districts) {
			row[2] = p.Text(city.Districts[i].Name)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}
