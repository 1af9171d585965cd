package public

import "github.com/a-h/templ"

// ErrorPage is Error as internal/server/kit asks for it.
func ErrorPage(status int, key, reference string) templ.Component {
	return Error(ErrorView{Status: status, Key: key, Reference: reference})
}
