package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// read collects the rows of a file.
func read(file []byte) (rows [][]string, numbers []int, err error) {
	err = Read(file, func(r Row) error {
		rows, numbers = append(rows, r.Cells), append(numbers, r.Number)
		return nil
	})
	return rows, numbers, err
}

func problem(t *testing.T, what string, file []byte, want Problem) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := read(file)
	runtime.ReadMemStats(&after)
	got, ok := errors.AsType[*Problem](err)
	if !ok || *got != want {
		t.Errorf("%s: %v, want %v", what, err, &want)
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 100 {
		t.Errorf("%s: refused after %d MB", what, took)
	}
}

var table = Sheet{
	Name: "Тізім: [2026]/12",
	Head: []string{"Аты", "Саны", "Күні", "Уақыты"},
	Rows: [][]any{
		{
			"Әлия Қожахметқызы", 12, time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC),
			time.Date(2026, 12, 5, 9, 30, 0, 0, time.UTC),
		},
		{"=1+1", 0.25, nil, nil},
		{"+7 701 123 45 67", int64(7), nil, nil},
		{"'=quoted", -3, nil, nil},
		{"-", 1, nil, nil},
		{"@a;b\"c", 1, nil, nil},
		{"0012", 1, nil, nil},
	},
}

func TestRoundTrip(t *testing.T) {
	var x, c bytes.Buffer
	if err := errors.Join(WriteXLSX(&x, table, Sheet{Name: "", Head: []string{"B"}}),
		WriteCSV(&c, table)); err != nil {
		t.Fatal(err)
	}
	names := []string{"Аты", "Әлия Қожахметқызы", "=1+1", "+7 701 123 45 67", "'=quoted", "-", `@a;b"c`, "0012"}
	for what, file := range map[string][]byte{"xlsx": x.Bytes(), "csv": c.Bytes()} {
		rows, numbers, err := read(file)
		if err != nil || len(rows) != len(names) {
			t.Fatalf("%s: %d rows, %v", what, len(rows), err)
		}
		for i, r := range rows {
			if r[0] != names[i] || numbers[i] != i+1 {
				t.Errorf("%s: row %d is %d %q, want %q", what, i+1, numbers[i], r[0], names[i])
			}
		}
		if day, ok := Date(rows[1][2]); !ok || !day.Equal(time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: the date is %q", what, rows[1][2])
		}
		if rows[1][1] != "12" || rows[2][1] != "0.25" || rows[4][1] != "-3" {
			t.Errorf("%s: numbers %v", what, rows[1:5])
		}
	}
	f, err := excelize.OpenReader(&x)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.GetSheetList(); !reflect.DeepEqual(got, []string{"Тізім   2026  12", "Sheet2"}) {
		t.Errorf("sheets %q", got)
	}
	for cell, want := range map[string]excelize.CellType{
		"A3": excelize.CellTypeInlineString, "B2": excelize.CellTypeUnset,
	} {
		if got, _ := f.GetCellType(f.GetSheetName(0), cell); got != want {
			t.Errorf("%s is of type %v", cell, got)
		}
	}
	if v, _ := f.GetCellValue(f.GetSheetName(0), "D2"); v != "05.12.2026 09:30" {
		t.Errorf("the moment shows as %q", v)
	}
	if panes, _ := f.GetPanes(f.GetSheetName(0)); !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the head is not frozen: %+v", panes)
	}
	if !strings.Contains(c.String(), "'=1+1") || !bytes.HasPrefix(c.Bytes(), []byte("\ufeff")) {
		t.Errorf("csv: %s", c.String())
	}
}

// Whatever ends the lines of a text, a CSV brings it back with line feeds and nothing else new.
func TestLineEnds(t *testing.T) {
	var c bytes.Buffer
	if err := WriteCSV(&c, Sheet{Head: []string{"h"}, Rows: [][]any{{"\ra"}, {"a\r\nb\rc"}, {"'\rx"}}}); err != nil {
		t.Fatal(err)
	}
	rows, _, err := read(c.Bytes())
	if want := [][]string{{"h"}, {"a"}, {"a\nb\nc"}, {"'\nx"}}; err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("%q, %v", rows, err)
	}
}

func TestRowNumbersCountEmptyRows(t *testing.T) {
	f := excelize.NewFile()
	_ = f.SetCellValue("Sheet1", "A1", "head")
	_ = f.SetCellValue("Sheet1", "B5", "x")
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, numbers, err := read(b.Bytes())
	if err != nil || fmt.Sprint(numbers) != "[1 5]" {
		t.Errorf("%v, %v", numbers, err)
	}
	rows, numbers, err := read([]byte("a;b\r\n\r\n\"x\ny\";2\n"))
	if err != nil || fmt.Sprint(numbers) != "[1 3]" || rows[1][0] != "x\ny" {
		t.Errorf("%v %v, %v", rows, numbers, err)
	}
}

func TestEncodings(t *testing.T) {
	const text = "Атауы\tКүні\nЁлка, ағаш\t05.12.2026\n"
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	cp1251, _ := charmap.Windows1251.NewEncoder().String(strings.NewReplacer("ү", "у", "ғ", "г").Replace(text))
	for what, file := range map[string]string{
		"utf-8": text, "with a mark": "\ufeff" + text, "utf-16": utf16, "1251": cp1251,
		"semicolons": strings.ReplaceAll(text, "\t", ";"), "commas": "a,b\n\"Ёлка, ағаш\",05.12.2026\n",
	} {
		rows, _, err := read([]byte(file))
		if err != nil || len(rows) != 2 || len(rows[1]) != 2 || !strings.HasPrefix(rows[1][0], "Ёлка, а") {
			t.Errorf("%s: %q, %v", what, rows, err)
		}
	}
}

func TestClock(t *testing.T) {
	for cell, want := range map[string]int{
		"9:30": 570, "09.30": 570, "0.5": 720, "0.39583333333333331": 570, "23:59:00": 1439,
	} {
		if got, ok := Clock(cell); !ok || got != want {
			t.Errorf("%s: %d, %v", cell, got, ok)
		}
	}
	for _, cell := range []string{"", "25:00", "1.5", "утром"} {
		if got, ok := Clock(cell); ok {
			t.Errorf("%s: %d", cell, got)
		}
	}
	for _, cell := range []string{"", "45000.5", "31.02.2026", "вчера", "-1"} {
		if got, ok := Date(cell); ok {
			t.Errorf("%s: %v", cell, got)
		}
	}
}

// pack makes a package of files, stored by deflate.
func pack(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileFiles(t *testing.T) {
	formula := excelize.NewFile()
	_ = formula.SetCellFormula("Sheet1", "C7", `HYPERLINK("http://x")`)
	var withFormula, secret, plain bytes.Buffer
	_ = formula.Write(&withFormula)
	_ = excelize.NewFile().Write(&secret, excelize.Options{Password: "x"})
	_ = excelize.NewFile().Write(&plain)
	zeros := strings.Repeat("0", 70<<20)
	var before runtime.MemStats
	runtime.ReadMemStats(&before)

	problem(t, "a formula", withFormula.Bytes(), Problem{Key: "sheet.formula", Row: 7, Column: 3})
	problem(t, "a csv formula", []byte("a;b\n1;=cmd()\n"), Problem{Key: "sheet.formula", Row: 2, Column: 2})
	problem(t, "a bomb", pack(t, map[string]string{"xl/worksheets/sheet1.xml": zeros}), Problem{Key: "sheet.bomb"})
	many := map[string]string{}
	for i := range 1001 {
		many[fmt.Sprint(i)] = ""
	}
	problem(t, "a thousand files", pack(t, many), Problem{Key: "sheet.bomb"})
	problem(t, "a page", []byte("<!doctype html><table><tr><td>1"), Problem{Key: "sheet.not_a_table"})
	problem(t, "a PDF", []byte("%PDF-1.4 x"), Problem{Key: "sheet.not_a_table"})
	problem(t, "a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\xff"), Problem{Key: "sheet.not_a_table"})
	problem(t, "nothing", []byte(" \n"), Problem{Key: "sheet.empty"})
	problem(t, "a password", secret.Bytes(), Problem{Key: "sheet.encrypted"})
	problem(t, "an old workbook", append([]byte{0xd0, 0xcf, 0x11, 0xe0}, make([]byte, 600)...),
		Problem{Key: "sheet.old_format"})
	problem(t, "half a workbook", plain.Bytes()[:plain.Len()/2], Problem{Key: "sheet.broken"})
	problem(t, "no workbook", pack(t, map[string]string{"a": "b"}), Problem{Key: "sheet.broken"})
	problem(t, "too large", make([]byte, MaxBytes+1), Problem{Key: "sheet.too_large"})
	problem(t, "a long cell", []byte("a\n"+strings.Repeat("x", 33<<10)),
		Problem{Key: "sheet.cell_too_long", Row: 2, Column: 1})
	problem(t, "many columns", []byte("a\n"+strings.Repeat("x;", 201)),
		Problem{Key: "sheet.too_many_columns", Row: 2, Column: 201})
	problem(t, "too many rows", []byte(strings.Repeat("x;1\n", 100_001)),
		Problem{Key: "sheet.too_many_rows", Row: 100_001})

	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 200<<20 {
		t.Errorf("the refusals took %d MB", grown>>20)
	}
}

// rewrite changes the parts of a workbook.
func rewrite(t *testing.T, file []byte, do func(name, text string) (string, string)) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, changed := do(f.Name, string(text))
		parts[name] = changed
	}
	return pack(t, parts)
}

// A formula is one however it is spelled, and wherever its sheet lies in the package.
func TestFormulasInDisguise(t *testing.T) {
	f := excelize.NewFile()
	_ = f.SetCellFormula("Sheet1", "C7", "1+1")
	var b bytes.Buffer
	_ = f.Write(&b)
	const part = "xl/worksheets/sheet1.xml"
	spelled := func(was, is string) []byte {
		return rewrite(t, b.Bytes(), func(name, text string) (string, string) {
			if name == part {
				namespace := `<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
				text = strings.NewReplacer("<worksheet", namespace, was, is).Replace(text)
			}
			return name, text
		})
	}
	want := Problem{Key: "sheet.formula", Row: 7, Column: 3}
	problem(t, "plain", b.Bytes(), want)
	problem(t, "on two lines", spelled("<f>", "<f\n>"), want)
	problem(t, "empty", spelled("<f>1+1</f>", `<f si="0"/>`), want)
	problem(t, "with a prefix", spelled("<f>1+1</f>", "<x:f>1+1</x:f>"), want)
	problem(t, "after a comment", spelled("<f>", "<!-- > --><f>"), want)
	problem(t, "elsewhere", rewrite(t, b.Bytes(), func(name, text string) (string, string) {
		if name == part {
			return "xl/other/x.bin", text
		}
		return name, strings.ReplaceAll(text, "worksheets/sheet1.xml", "other/x.bin")
	}), want)
}

// Files of some 150 KB that unpack into less than the limit, but into millions of elements, are
// refused before a library makes a gigabyte of them.
func TestHeavyParts(t *testing.T) {
	f := excelize.NewFile()
	_ = f.SetCellValue("Sheet1", "A1", "head")
	var b bytes.Buffer
	_ = f.Write(&b)
	for _, c := range []struct{ part, before, element string }{
		{"xl/worksheets/sheet1.xml", "</row>", "<c><v>1</v></c>"},
		{"xl/worksheets/sheet1.xml", "</sheetData>", "<row></row>"},
		{"xl/worksheets/sheet1.xml", "</worksheet>", `<mergeCell ref="A1:B2"/>`},
		{"xl/sharedStrings.xml", "</sst>", "<si><t>a</t></si>"},
		{"xl/sharedStrings.xml", "</si>", "<r><t>a</t></r>"},
		{"xl/styles.xml", "</cellXfs>", `<xf numFmtId="0"/>`},
		{"xl/styles.xml", "<styleSheet", "<!-- <worksheet> -->"},
		{"xl/workbook.xml", "</sheets>", `<sheet name="a" sheetId="1" r:id="rId1"/>`},
		{"xl/_rels/workbook.xml.rels", "</Relationships>", `<Relationship Id="r" Type="t" Target="x"/>`},
		{"[Content_Types].xml", "</Types>", `<Override PartName="/x" ContentType="y"/>`},
	} {
		file := rewrite(t, b.Bytes(), func(name, text string) (string, string) {
			if name == c.part {
				if !strings.Contains(text, c.before) {
					t.Fatalf("%s has no %s", name, c.before)
				}
				text = strings.Replace(text, c.before, strings.Repeat(c.element, 56<<20/len(c.element))+c.before, 1)
			}
			return name, text
		})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		problem(t, c.part+" "+c.element, file, Problem{Key: "sheet.bomb"})
		runtime.ReadMemStats(&after)
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 300 { // in all: at any moment far less
			t.Errorf("%s %s: refused after %d MB", c.part, c.element, took)
		}
	}
	problem(t, "a line of separators", []byte("a;b\n"+strings.Repeat(";", 9<<20)),
		Problem{Key: "sheet.too_many_columns", Row: 2})
	problem(t, "a cell of lines of separators",
		[]byte("a;b\n"+strings.Repeat("\""+strings.Repeat(";", 10_000)+"\"\n", 800)),
		Problem{Key: "sheet.too_many_columns", Row: 401})
}

func TestLargestFile(t *testing.T) {
	s := Sheet{Name: "x", Head: []string{"n", "text"}}
	for i := range maxRows - 1 {
		s.Rows = append(s.Rows, []any{i, "Іс-шара"})
	}
	var b bytes.Buffer
	if err := WriteXLSX(&b, s); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := Read(b.Bytes(), func(Row) error { n++; return nil }); err != nil || n != maxRows {
		t.Errorf("%d rows, %v", n, err)
	}
	stop := errors.New("enough")
	if err := Read(b.Bytes(), func(Row) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

// BenchmarkRead reads a workbook of 100,000 rows and ten columns; MB is the heap's growth.
func BenchmarkRead(b *testing.B) {
	s := Sheet{Name: "x", Head: strings.Split("a b c d e f g h i j", " ")}
	for i := range maxRows - 1 {
		day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		s.Rows = append(s.Rows, []any{i, "Сенбілік", "Субботник", "Clean-up", "есіл", day, "10:00", "12:00", 20, ""})
	}
	var buf bytes.Buffer
	if err := WriteXLSX(&buf, s); err != nil {
		b.Fatal(err)
	}
	s.Rows = nil
	b.ReportAllocs()
	for b.Loop() {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		start, peak := m.HeapInuse, uint64(0)
		err := Read(buf.Bytes(), func(r Row) error {
			if r.Number%5000 == 0 {
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(peak-min(peak, start))/(1<<20), "MB")
	}
}
