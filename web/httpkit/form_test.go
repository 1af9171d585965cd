package httpkit

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"shtab/internal/i18n"
)

// A text in three languages has an input for each language, also in the rows of a list.
func TestFormReadsTexts(t *testing.T) {
	form := url.Values{
		"title_kk": {" Атауы\r\n"}, "title_en": {"Title"}, "row[0].id": {"1"},
		"row[1].id": {"2"}, "row[1].name_ru": {"Второй"},
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var f struct {
		Title i18n.Text `form:"title"`
		Body  i18n.Text `form:"body"`
		Rows  []struct {
			ID   string    `form:"id"`
			Name i18n.Text `form:"name"`
		} `form:"row"`
	}
	if err := Form(httptest.NewRecorder(), r, &f); err != nil {
		t.Fatal(err)
	}
	if f.Title != (i18n.Text{
		KK: "Атауы", EN: "Title",
	}) || !f.Body.IsZero() || len(f.Rows) != 2 || f.Rows[1].Name.RU != "Второй" {
		t.Errorf("%+v", f)
	}
}
