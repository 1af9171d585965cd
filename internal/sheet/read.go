package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Read calls do with each row of a file's first sheet that is not empty. XLSX and CSV are told apart by the
// contents, not by the name. Whatever is wrong with the file is a *Problem; an error of do ends the reading
// and is returned.
func Read(file []byte, do func(Row) error) error {
	switch {
	case len(file) > MaxBytes:
		return &Problem{Key: "sheet.too_large"}
	case len(bytes.TrimSpace(file)) == 0:
		return &Problem{Key: "sheet.empty"}
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return readXLSX(file, do)
	case bytes.HasPrefix(file, []byte{0xd0, 0xcf, 0x11, 0xe0}): // an old .xls, or a workbook with a password
		if bytes.Contains(file,
			[]byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return &Problem{Key: "sheet.encrypted"}
		}
		return &Problem{Key: "sheet.old_format"}
	default:
		return readCSV(file, do)
	}
}

// rowChecker checks the limits of rows and passes them on.
type rowChecker struct {
	sheet string
	rows  int
	do    func(Row) error
}

func (k *rowChecker) row(number int, cells []string) error {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil
	}
	if k.rows++; k.rows > maxRows {
		return &Problem{Key: "sheet.too_many_rows", Sheet: k.sheet, Row: number}
	}
	if len(cells) > maxColumns {
		return &Problem{Key: "sheet.too_many_columns", Sheet: k.sheet, Row: number, Column: len(cells)}
	}
	for i, c := range cells {
		switch {
		case len(c) > maxCell:
			return &Problem{Key: "sheet.cell_too_long", Sheet: k.sheet, Row: number, Column: i + 1}
		case !utf8.ValidString(c) || strings.ContainsRune(c, 0):
			return &Problem{Key: "sheet.not_text", Sheet: k.sheet, Row: number, Column: i + 1}
		}
		cells[i] = strings.TrimSpace(c)
	}
	return k.do(Row{k.sheet, number, cells})
}

func readXLSX(file []byte, do func(Row) error) (err error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return &Problem{Key: "sheet.broken"}
	}
	// The declared sizes may be wrong: checkPart counts what is really unpacked.
	var declared uint64
	if len(z.File) > maxFiles {
		return &Problem{Key: "sheet.bomb"}
	}
	for _, f := range z.File {
		if declared += f.UncompressedSize64; declared > maxUnpacked {
			return &Problem{Key: "sheet.bomb"}
		}
	}
	left := maxWork
	for _, f := range z.File {
		if err := checkPart(f, &left); err != nil {
			return err
		}
	}
	wb, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 1 << 20, RawCellValue: true,
	})
	if err != nil {
		return &Problem{Key: "sheet.broken"}
	}
	defer func() {
		if closeErr := wb.Close(); err == nil {
			err = closeErr
		}
	}()
	names := wb.GetSheetList()
	if len(names) == 0 {
		return &Problem{Key: "sheet.empty"}
	}
	rows, err := wb.Rows(names[0])
	if err != nil {
		return &Problem{Key: "sheet.broken", Sheet: names[0]}
	}
	defer func() { _ = rows.Close() }()
	k := rowChecker{sheet: names[0], do: do}
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return &Problem{Key: "sheet.broken", Sheet: names[0], Row: n}
		}
		if err := k.row(n, cells); err != nil {
			return err
		}
	}
	if rows.Error() != nil {
		return &Problem{Key: "sheet.broken", Sheet: names[0]}
	}
	return nil
}

// checkPart unpacks one part of a package without keeping it, and subtracts from left what reading it would
// cost: a few kilobytes can unpack into millions of elements, for which the library needs a gigabyte. A sheet
// must not have a formula, however it is written. A part that is neither a sheet nor the workbook's strings
// must be small, because the library keeps it in memory. The first element tells what a part is, not the
// part's name.
func checkPart(f *zip.File, left *int) error {
	r, err := f.Open()
	if err != nil {
		return &Problem{Key: "sheet.broken"}
	}
	defer func() { _ = r.Close() }()
	tags := bufio.NewScanner(r)
	tags.Buffer(make([]byte, 64<<10), 1<<20)
	unpacked := 0
	tags.Split(func(data []byte, atEOF bool) (n int, token []byte, err error) {
		if i := bytes.IndexByte(data, '>'); i >= 0 {
			n, token = i+1, data[:i]
		} else if atEOF && len(data) > 0 || len(data) > 512<<10 { // a picture, or a very long text
			n, token = len(data), data
		}
		unpacked += n
		return n, token, nil
	})
	root, cell, cells := "", "", 0
	for tags.Scan() {
		if root != "worksheet" && root != "sst" && unpacked > maxPart || unpacked > maxUnpacked {
			return &Problem{Key: "sheet.bomb"}
		}
		name, attributes := element(tags.Bytes())
		switch {
		case name == "" || name[0] == '/' || name[0] == '?':
			continue
		case root == "":
			root = name
		case root == "sst":
			*left -= 4
		case root != "worksheet":
			continue
		case name == "row":
			*left -= 4
			cells = 0
		case name == "c":
			*left -= 2
			if cells++; cells > maxCells {
				return &Problem{Key: "sheet.bomb"}
			}
			cell = ""
			if _, after, ok := strings.Cut(attributes, `r="`); ok {
				cell, _, _ = strings.Cut(after, `"`)
			}
		case name == "f":
			p := &Problem{Key: "sheet.formula"}
			if column, row, err := excelize.CellNameToCoordinates(cell); err == nil {
				p.Row, p.Column = row, column
			}
			return p
		case name == "v", name == "t", name == "is":
			*left--
		default: // sheets have few other elements
			*left -= 3
		}
		if *left < 0 {
			return &Problem{Key: "sheet.bomb"}
		}
	}
	if tags.Err() != nil {
		return &Problem{Key: "sheet.broken"}
	}
	return nil
}

// element is the name, without its prefix, and the attributes of the tag with which text ends. The name of an
// end tag begins with '/', that of a comment or an instruction with '!' or '?'.
func element(tag []byte) (name, rest string) {
	_, tag, ok := bytes.Cut(tag, []byte("<"))
	if !ok {
		return "", ""
	}
	if i := bytes.IndexAny(tag, " \t\r\n"); i >= 0 {
		name, rest = string(tag[:i]), string(tag[i:])
	} else {
		name = string(tag)
	}
	if len(name) > 1 {
		name = strings.TrimSuffix(name, "/") // <row/>
	}
	if _, local, ok := strings.Cut(name, ":"); ok && name[0] != '/' {
		name = local
	}
	return name, rest
}

func readCSV(file []byte, do func(Row) error) error {
	text, err := decode(file)
	if err != nil || looksLikeCode(text) {
		return &Problem{Key: "sheet.not_a_table"}
	}
	separator := separatorOf(text)
	if err := checkWidth(text, separator); err != nil {
		return err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = separator, -1, true, true
	k := rowChecker{do: do}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			p := &Problem{Key: "sheet.broken"}
			if e, ok := errors.AsType[*csv.ParseError](err); ok {
				p.Row = e.Line
			}
			return p
		}
		n, _ := r.FieldPos(0)
		for i, c := range cells {
			if c != "" && c[0] == '=' {
				return &Problem{Key: "sheet.formula", Row: n, Column: i + 1}
			}
			cells[i] = unguard(c)
		}
		if err := k.row(n, append([]string{}, cells...)); err != nil {
			return err
		}
	}
}

// checkWidth refuses a file with so many separators, in a line or in all, that its cells would fill the memory
// before they could be counted.
func checkWidth(text []byte, separator rune) error {
	mark, n, all := []byte(string(separator)), 0, 0
	for line := range bytes.Lines(text) {
		n++
		k := bytes.Count(line, mark)
		if all += k; k > maxCells || all > maxSeparators {
			return &Problem{Key: "sheet.too_many_columns", Row: n}
		}
	}
	return nil
}

// decode makes UTF-8 of the encodings that programs in Kazakhstan write: UTF-8, UTF-16, Windows-1251.
func decode(file []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(file, []byte{0xff, 0xfe}), bytes.HasPrefix(file, []byte{0xfe, 0xff}):
		out, _, err := transform.Bytes(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder(), file)
		return out, err
	case utf8.Valid(file):
		return bytes.TrimPrefix(file, []byte("\ufeff")), nil
	case bytes.IndexByte(file, 0) >= 0:
		return nil, errors.New("sheet: binary")
	default:
		out, _, err := transform.Bytes(charmap.Windows1251.NewDecoder(), file)
		return out, err
	}
}

// looksLikeCode reports whether a file is an HTML page, an SVG picture or a PDF, or no text at all.
func looksLikeCode(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) || bytes.HasPrefix(text, []byte("%PDF")) ||
		bytes.IndexByte(text, 0) >= 0
}

// separatorOf is the separator of the columns in the first line.
func separatorOf(text []byte) rune {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ';', -1
	for _, c := range []rune{';', '\t', ','} {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// Date reads a cell as a calendar date at midnight UTC: a spreadsheet's own date, 2026-12-05 or 05.12.2026.
func Date(cell string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "02.01.2006", "2.1.2006", "02/01/2006"} {
		if t, err := time.Parse(layout, cell); err == nil {
			return t, true
		}
	}
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || n < 1 || n > 110_000 || n != math.Trunc(n) {
		return time.Time{}, false
	}
	return day0.AddDate(0, 0, int(n)), true
}

// Clock reads a cell as a time of day in minutes after midnight: a spreadsheet's own time, 9:30 or 09.30.
func Clock(cell string) (minutes int, ok bool) {
	for _, layout := range []string{"15:04", "15.04", "15:04:05"} {
		if t, err := time.Parse(layout, cell); err == nil {
			return t.Hour()*60 + t.Minute(), true
		}
	}
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || n < 0 || n >= 1 {
		return 0, false
	}
	return int(math.Round(n * 24 * 60)), true
}
