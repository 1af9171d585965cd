package httpkit

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/form/v4"

	"shtab/internal/fault"
	"shtab/internal/field"
	"shtab/internal/i18n"
)

// MaxForm is the maximum size of an ordinary form, in bytes.
const MaxForm = 64 << 10

var decoder = func() *form.Decoder {
	d := form.NewDecoder()
	d.SetTagName("form")
	d.SetMode(form.ModeExplicit)
	return d
}()

// Form reads a posted form into dst, a pointer to a struct with `form` tags. Text that is
// not UTF-8 or contains a NUL, which no browser sends and PostgreSQL cannot store, is a BadRequest.
func Form(w http.ResponseWriter, r *http.Request, dst any) error {
	return LongForm(w, r, dst, MaxForm)
}

// LongForm is Form with a limit in bytes.
func LongForm(w http.ResponseWriter, r *http.Request, dst any, limit int64) error {
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	if err := r.ParseForm(); err != nil {
		if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return &fault.Error{Kind: fault.KindTooLarge, Key: "fault.too_large", Err: e}
		}
		return fault.BadRequest(err)
	}
	for name, values := range r.PostForm {
		for _, v := range values {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) || !utf8.ValidString(name) {
				return fault.BadRequest(errors.New("form: not text"))
			}
		}
	}
	if reflect.ValueOf(dst).Elem().NumField() == 0 {
		return nil
	}
	if err := decoder.Decode(dst, r.PostForm); err != nil {
		return fault.BadRequest(err)
	}
	decodeTexts(reflect.ValueOf(dst).Elem(), "", r.PostForm)
	return nil
}

var textType = reflect.TypeFor[i18n.Text]()

// decodeTexts fills the fields of form that are texts in three languages. Each language has its own input,
// such as title_kk for the field title. In a list of structs prefix names the element, such as "shift[0].".
func decodeTexts(form reflect.Value, prefix string, values url.Values) {
	for i := range form.NumField() {
		v, name := form.Field(i), form.Type().Field(i).Tag.Get("form")
		switch {
		case name == "":
		case v.Type() == textType:
			v.Set(reflect.ValueOf(readText(values, prefix+name)))
		case v.Kind() == reflect.Struct:
			decodeTexts(v, prefix+name+".", values)
		case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
			for j := range v.Len() {
				decodeTexts(v.Index(j), prefix+name+"["+strconv.Itoa(j)+"].", values)
			}
		}
	}
}

func readText(values url.Values, name string) (t i18n.Text) {
	in := func(l i18n.Lang) string { return field.Clean(values.Get(name + "_" + string(l))) }
	return i18n.Text{KK: in(i18n.KK), RU: in(i18n.RU), EN: in(i18n.EN)}
}

// Inputs returns the values of the named inputs of a posted form that Form has read.
func Inputs(r *http.Request, names []string) map[string]string {
	values := make(map[string]string, len(names))
	for _, name := range names {
		values[name] = field.Clean(r.PostForm.Get(name))
	}
	return values
}

// fileMemory is the number of bytes of an upload kept in memory; the rest goes to a temporary file.
const fileMemory = 1 << 20

// ReadFile reads the file in the named field of a multipart form. The error is
// *http.MaxBytesError when the request is larger than its route allows, and http.ErrMissingFile when there
// is no file.
func ReadFile(r *http.Request, name string) ([]byte, error) {
	if err := r.ParseMultipartForm(fileMemory); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return nil, err
		}
		return nil, fault.BadRequest(err)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	file, _, err := r.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) {
		return nil, err
	}
	if err != nil {
		return nil, fault.BadRequest(err)
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file)
}

// Problems returns the fields to correct when err is an Invalid fault, otherwise nil and false: then the
// form cannot show err.
func Problems(err error) (map[string]string, bool) {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.KindInvalid {
		return nil, false
	}
	return e.Fields, true
}

// Conflict returns the catalogue key of a Conflict fault, otherwise "" and false.
func Conflict(err error) (key string, ok bool) {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.KindConflict {
		return "", false
	}
	return e.Key, true
}

// FormOf is ID and Form together: it returns the id that the URL has under name and reads the posted form
// into dst.
func FormOf(w http.ResponseWriter, r *http.Request, name string, dst any) (int64, error) {
	id, err := ID(r, name)
	if err != nil {
		return 0, err
	}
	return id, Form(w, r, dst)
}
