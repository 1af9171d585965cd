package export

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"
)

// BenchmarkWrite makes a file of 100,000 rows and eight columns, and says how large the heap grew.
func BenchmarkWrite(b *testing.B) {
	t := Sheet{
		Name: "Участия", Rows: 100_000,
		Head: []string{"День", "Событие", "Человек", "Возраст", "Район", "Итог", "Участий", "Часов"},
		Each: func(_ context.Context, row func([]any) error) error {
			for i := range 100_000 {
				day := time.Date(2025, 1, 1+i%365, 0, 0, 0, 0, time.UTC)
				cells := []any{day, fmt.Sprintf("Событие %d", i%1310), "Айгүл С.", 12 + i%50, "Есиль", "был", 1, 1.5}
				if err := row(cells); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for _, format := range []Format{XLSX, CSV} {
		b.Run(string(format), func(b *testing.B) {
			var most uint64
			stop, done := make(chan bool), make(chan bool)
			go func() {
				defer close(done)
				for {
					select {
					case <-stop:
						return
					case <-time.After(20 * time.Millisecond):
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						most = max(most, m.HeapInuse)
					}
				}
			}()
			for b.Loop() {
				data, err := write(b.Context(), []Sheet{t}, format, func(int) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(data))/1e6, "MB/file")
			}
			close(stop)
			<-done
			b.ReportMetric(float64(most)/1e6, "MB-heap")
		})
	}
}
