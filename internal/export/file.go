package export

import (
	"bytes"
	"context"

	"shtab/internal/sheet"
)

// Sheet is one table of a file. Its rows come one by one.
type Sheet struct {
	Name string
	Head []string
	Rows int // about as many, for the progress
	Each func(ctx context.Context, row func([]any) error) error
}

// Format is how a file is written.
type Format string

// The formats.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv" // the first sheet only
)

// File is a finished file.
type File struct {
	Name   string // without its ending, which is the format
	Format Format
	Data   []byte
}

// MediaType is the file's media type.
func (f File) MediaType() string {
	if f.Format == CSV {
		return sheet.CSV
	}
	return sheet.XLSX
}

// rowsPerProgress is after how many rows the progress is written down.
const rowsPerProgress = 2_000

// write reads every sheet and writes the file; progress is told how many rows have been read.
func write(ctx context.Context, sheets []Sheet, format Format, progress func(done int) error) ([]byte, error) {
	tables := make([]sheet.Sheet, len(sheets))
	done := 0
	for i, s := range sheets {
		tables[i] = sheet.Sheet{Name: s.Name, Head: s.Head, Rows: make([][]any, 0, s.Rows)}
		err := s.Each(ctx, func(row []any) error {
			tables[i].Rows = append(tables[i].Rows, row)
			if done++; done%rowsPerProgress == 0 {
				return progress(done)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	var err error
	if format == CSV {
		err = sheet.WriteCSV(&b, tables[0])
	} else {
		err = sheet.WriteXLSX(&b, tables...)
	}
	return b.Bytes(), err
}
