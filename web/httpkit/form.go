package httpkit

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/form/v4"

	"shtab/internal/fault"
)

// MaxForm is how many bytes of an ordinary form are read.
const MaxForm = 64 << 10

var decoder = func() *form.Decoder {
	d := form.NewDecoder()
	d.SetTagName("form")
	d.SetMode(form.ModeExplicit)
	return d
}()

// Form reads a posted form into dst, a pointer to a struct with `form` tags. Text that is no
// UTF-8 or holds a NUL, which no browser sends and PostgreSQL does not store, is a BadRequest.
func Form(w http.ResponseWriter, r *http.Request, dst any) error {
	return LongForm(w, r, dst, MaxForm)
}

// LongForm is Form for one of up to limit bytes.
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
	return nil
}

// Problems are the fields of err to correct when it is an Invalid fault, otherwise nil and
// false: then err is not the form's to show.
func Problems(err error) (map[string]string, bool) {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.KindInvalid {
		return nil, false
	}
	return e.Fields, true
}

// Conflict is the catalogue key that says why err, a Conflict fault, could not be done; otherwise
// empty and false.
func Conflict(err error) (key string, ok bool) {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.KindConflict {
		return "", false
	}
	return e.Key, true
}

// FormOf is ID and Form together: the id that the address has under name, and the posted form, read
// into dst.
func FormOf(w http.ResponseWriter, r *http.Request, name string, dst any) (int64, error) {
	id, err := ID(r, name)
	if err != nil {
		return 0, err
	}
	return id, Form(w, r, dst)
}
