package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/kk"
	"github.com/go-playground/locales/ru"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// Printer writes texts, dates and numbers in one language and the city's time zone.
type Printer struct {
	lang   Lang
	loc    *goi18n.Localizer
	plain  map[string]string // the texts without plural and values, which are most
	locale locales.Translator
	zone   *time.Location
}

func newPrinter(l Lang, loc *goi18n.Localizer, plain map[string]string, zone *time.Location) *Printer {
	return &Printer{
		lang: l, loc: loc, plain: plain, zone: zone,
		locale: map[Lang]locales.Translator{KK: kk.New(), RU: ru.New(), EN: en.New()}[l],
	}
}

// Lang is the printer's language.
func (p *Printer) Lang() Lang { return p.lang }

// Zone is the city's time zone.
func (p *Printer) Zone() *time.Location { return p.zone }

// T is the text of key. args are pairs of a name and a value for {{.name}} in the text; an int is shown with the
// language's grouping of digits, and one named "n" also chooses the plural. A key without a text is shown as it
// is; the tests of the catalogue prevent that.
func (p *Printer) T(key string, args ...any) string {
	if s, ok := p.plain[key]; ok {
		return s
	}
	cfg := goi18n.LocalizeConfig{MessageID: key}
	if len(args) > 0 {
		data := make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			name := args[i].(string)
			data[name] = args[i+1]
			if n, ok := args[i+1].(int); ok {
				if name == "n" {
					cfg.PluralCount = n
				}
				data[name] = p.Number(n)
			}
		}
		cfg.TemplateData = data
	}
	s, err := p.loc.Localize(&cfg)
	if err != nil && s == "" {
		return key
	}
	return s
}

// Text is t in the printer's language or the next best.
func (p *Printer) Text(t Text) string { return t.Str(p.lang) }

// Number groups the digits as the language does: 1 310.
func (p *Printer) Number(n int) string {
	return p.locale.FmtNumber(float64(n), 0)
}

// Hours shows minutes as hours with as many decimals as they need, two at most: "3,5", "2,25".
// From 10,000 hours on the fraction is left out.
func (p *Printer) Hours(minutes int) string {
	hundredths := (minutes*100 + 30) / 60
	switch {
	case minutes%60 == 0 || minutes >= 600_000:
		return p.Number((minutes + 30) / 60)
	case hundredths%10 == 0:
		return p.locale.FmtNumber(float64(hundredths)/100, 1)
	default:
		return p.locale.FmtNumber(float64(hundredths)/100, 2)
	}
}

// Day is the day with its weekday, and the year when it is not now's: "5 қаңтар, дүйсенбі".
func (p *Printer) Day(t, now time.Time) string {
	t = t.In(p.zone)
	s := p.DayMonth(t)
	if t.Year() != now.In(p.zone).Year() {
		s = p.Date(t)
	}
	if p.lang == EN {
		return p.Weekday(t) + ", " + s
	}
	return s + ", " + p.Weekday(t)
}

// Date is the day with its year: "2026 ж. 5 қаңтар", "5 января 2026 г.", "5 January 2026".
func (p *Printer) Date(t time.Time) string {
	t = t.In(p.zone)
	switch p.lang {
	case KK:
		return fmt.Sprintf("%d ж. %s", t.Year(), p.DayMonth(t))
	case RU:
		return fmt.Sprintf("%s %d г.", p.DayMonth(t), t.Year())
	default:
		return fmt.Sprintf("%s %d", p.DayMonth(t), t.Year())
	}
}

// CalendarDate is Date for a date without a time, such as a birth date, which has no zone.
func (p *Printer) CalendarDate(t time.Time) string {
	y, m, d := t.Date()
	return p.Date(time.Date(y, m, d, 12, 0, 0, 0, p.zone))
}

// DayMonth is "5 қаңтар", "5 января", "5 January".
func (p *Printer) DayMonth(t time.Time) string {
	t = t.In(p.zone)
	return strconv.Itoa(t.Day()) + " " + p.locale.MonthWide(t.Month())
}

// MonthShort is the month in three or four letters, for a date block.
func (p *Printer) MonthShort(t time.Time) string {
	return strings.TrimSuffix(p.locale.MonthAbbreviated(t.In(p.zone).Month()), ".")
}

// DayOfMonth is the day's number.
func (p *Printer) DayOfMonth(t time.Time) string { return strconv.Itoa(t.In(p.zone).Day()) }

// Weekday is the day's name: "дүйсенбі".
func (p *Printer) Weekday(t time.Time) string { return p.locale.WeekdayWide(t.In(p.zone).Weekday()) }

// WeekdayShort is the day's name in two or three letters.
func (p *Printer) WeekdayShort(t time.Time) string {
	return strings.TrimSuffix(p.locale.WeekdayAbbreviated(t.In(p.zone).Weekday()), ".")
}

// Clock is the time of day: 09:30.
func (p *Printer) Clock(t time.Time) string { return t.In(p.zone).Format("15:04") }

// Span is from when to when on one day: "10:00–13:00"; a shift that ends on another day names it.
func (p *Printer) Span(from, to time.Time) string {
	a, b := from.In(p.zone), to.In(p.zone)
	if a.YearDay() == b.YearDay() && a.Year() == b.Year() {
		return p.Clock(a) + "–" + p.Clock(b)
	}
	return p.Clock(a) + " – " + p.DayMonth(b) + ", " + p.Clock(b)
}

// Moment is day and time: "5 қаңтар, дүйсенбі, 10:00".
func (p *Printer) Moment(t, now time.Time) string { return p.Day(t, now) + ", " + p.Clock(t) }

// Months is the stand-alone names of the months, January first: "Қаңтар", "Январь", "January".
func (p *Printer) Months() [12]string {
	switch p.lang {
	case KK:
		return [12]string{
			"Қаңтар", "Ақпан", "Наурыз", "Сәуір", "Мамыр", "Маусым",
			"Шілде", "Тамыз", "Қыркүйек", "Қазан", "Қараша", "Желтоқсан",
		}
	case RU:
		return [12]string{
			"Январь", "Февраль", "Март", "Апрель", "Май", "Июнь",
			"Июль", "Август", "Сентябрь", "Октябрь", "Ноябрь", "Декабрь",
		}
	default:
		return [12]string{
			"January", "February", "March", "April", "May", "June",
			"July", "August", "September", "October", "November", "December",
		}
	}
}

// LabelIn is the label of a form's input with the language in which it is written, when the input's name
// ends in one.
func (p *Printer) LabelIn(label, input string) string {
	i := strings.LastIndexByte(input, '_')
	l, ok := Parse(input[i+1:])
	if i < 0 || !ok {
		return label
	}
	language := p.T("ui.field.in_" + string(l))
	if strings.HasSuffix(label, "?") {
		return label + " (" + language + ")"
	}
	return label + ", " + language
}
