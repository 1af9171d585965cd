package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// WriteXLSX writes sheets as one workbook, with a frozen, bold head and with numbers and dates as such. Text is
// never a formula, whatever it begins with.
func WriteXLSX(w io.Writer, sheets ...Sheet) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	style := func(s excelize.Style) int {
		id, styleErr := f.NewStyle(&s)
		if err == nil {
			err = styleErr
		}
		return id
	}
	dates, moments := "dd.mm.yyyy", "dd.mm.yyyy hh:mm"
	bold := style(excelize.Style{Font: &excelize.Font{Bold: true}})
	date := style(excelize.Style{CustomNumFmt: &dates})
	moment := style(excelize.Style{CustomNumFmt: &moments})
	if err != nil {
		return err
	}
	for i, s := range sheets {
		name := sheetName(s.Name, i)
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return err
		}
		sw, err := f.NewStreamWriter(name)
		if err != nil {
			return err
		}
		panes := excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
		if err := sw.SetPanes(&panes); err != nil {
			return err
		}
		for c, width := range widths(s) {
			if err := sw.SetColWidth(c+1, c+1, width); err != nil {
				return err
			}
		}
		line := make([]any, len(s.Head))
		for c, h := range s.Head {
			line[c] = excelize.Cell{StyleID: bold, Value: h}
		}
		if err := sw.SetRow("A1", line); err != nil {
			return err
		}
		for r, row := range s.Rows {
			line := make([]any, len(row))
			for c, v := range row {
				if t, ok := v.(time.Time); ok {
					serial, whole := serialOf(t)
					v = excelize.Cell{StyleID: moment, Value: serial}
					if whole {
						v = excelize.Cell{StyleID: date, Value: serial}
					}
				}
				line[c] = v
			}
			if err := sw.SetRow("A"+strconv.Itoa(r+2), line); err != nil {
				return err
			}
		}
		if err := sw.Flush(); err != nil {
			return err
		}
	}
	return f.Write(w)
}

// serialOf is a time as the number by which a spreadsheet stores it, as the clock of its own location shows it,
// and whether it is midnight.
func serialOf(t time.Time) (float64, bool) {
	y, m, d := t.Date()
	clock := t.Hour()*3600 + t.Minute()*60 + t.Second()
	days := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(day0).Hours() / 24
	return days + float64(clock)/86400, clock == 0
}

// widths are the columns' widths, from the first hundred rows, 50 characters at most.
func widths(s Sheet) []float64 {
	w := make([]float64, len(s.Head))
	widen := func(c int, text string) {
		if c < len(w) {
			w[c] = min(50, max(w[c], float64(utf8.RuneCountInString(text))*1.1+2))
		}
	}
	for c, h := range s.Head {
		widen(c, h)
	}
	for _, row := range s.Rows[:min(100, len(s.Rows))] {
		for c, v := range row {
			widen(c, plain(v))
		}
	}
	return w
}

// sheetName makes a name that workbooks allow.
func sheetName(name string, i int) string {
	name = strings.Trim(notInSheetNames.Replace(name), " '")
	if r := []rune(name); len(r) > 31 {
		name = string(r[:31])
	}
	if name == "" {
		name = "Sheet" + strconv.Itoa(i+1)
	}
	return name
}

var notInSheetNames = strings.NewReplacer(":", " ", `\`, " ", "/", " ", "?", " ", "*", " ", "[", " ", "]", " ")

// WriteCSV writes s so that Excel in Kazakhstan opens it: UTF-8 with a byte order mark, semicolons. A text
// that a spreadsheet would take for a formula gets an apostrophe before it, which Read takes off again.
func WriteCSV(w io.Writer, s Sheet) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	line := make([]string, 0, len(s.Head))
	for _, h := range s.Head {
		line = append(line, guard(h))
	}
	if err := c.Write(line); err != nil {
		return err
	}
	for _, row := range s.Rows {
		line = line[:0]
		for _, v := range row {
			text := plain(v)
			if t, ok := v.(string); ok {
				text = guard(newlines.Replace(t))
			}
			line = append(line, text)
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// newlines makes all line ends alike, because encoding/csv drops a lone CR.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

const formulaStarts = "=+-@\t\r'"

// guard puts an apostrophe before a text that a spreadsheet would take for a formula.
func guard(s string) string {
	if s != "" && strings.IndexByte(formulaStarts, s[0]) >= 0 {
		return "'" + s
	}
	return s
}

// unguard takes off the apostrophe of guard.
func unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte(formulaStarts, s[1]) >= 0 {
		return s[1:]
	}
	return s
}

// plain is a cell as text.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		if v {
			return "1"
		}
		return "0"
	case time.Time:
		if _, whole := serialOf(v); whole {
			return v.Format(time.DateOnly)
		}
		return v.Format("2006-01-02 15:04")
	default:
		return ""
	}
}
