package imports

import (
	"time"

	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/eventimport"
	"shtab/internal/i18n"
	"shtab/internal/sheet"
)

// eventSheet is the sheet to fill in: the head, and one event of two weeks later as an example.
func eventSheet(p *i18n.Printer, city *config.City, campaigns []campaign.Choice, now time.Time) sheet.Sheet {
	s := sheet.Sheet{Name: p.T("intake.sheet_events")}
	for _, c := range eventimport.Columns {
		s.Head = append(s.Head, eventimport.Heading(p, c))
	}
	y, m, d := now.In(city.Location()).AddDate(0, 0, 14).Date()
	example := map[string]any{
		"number":   p.T("intake.example"),
		"title_kk": "Саябақты тазалау", "title_ru": "Уборка парка", "title_en": "Cleaning the park",
		"summary_kk": "Қоқыс жинап, бұталарды күтеміз", "summary_ru": "Собираем мусор и ухаживаем за кустами",
		"place_kk": "Орталық саябақ", "place_ru": "Центральный парк", "district": p.Text(city.Districts[0].Name),
		"date": time.Date(y, m, d, 0, 0, 0, 0, time.UTC), "from": "10:00", "to": "13:00", "capacity": 20,
	}
	if len(campaigns) > 0 {
		example["campaign"] = p.Text(campaigns[0].Name)
	}
	row := make([]any, len(eventimport.Columns))
	for i, c := range eventimport.Columns {
		row[i] = example[c]
	}
	s.Rows = [][]any{row}
	return s
}

// nameSheet is the sheet of the names that a file may use.
func nameSheet(p *i18n.Printer, city *config.City, campaigns []campaign.Choice) sheet.Sheet {
	s := sheet.Sheet{
		Name: p.T("intake.sheet_words"),
		Head: []string{p.T("intake.column.campaign"), p.T("intake.column.district"), p.T("intake.column.adults_only")},
	}
	for i := range max(len(campaigns), len(city.Districts), len(event.Grounds)) {
		row := []any{nil, nil, nil}
		if i < len(campaigns) {
			row[0] = p.Text(campaigns[i].Name)
		}
		if i < len(city.Districts) {
			row[1] = p.Text(city.Districts[i].Name)
		}
		if i < len(event.Grounds) {
			row[2] = p.T("intake.ground." + string(event.Grounds[i]))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}
