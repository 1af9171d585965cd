package httpkit

import (
	"net/http"

	"shtab/web/link"
)

// AtLink is At for the address of a page as package link makes it.
func AtLink(r *http.Request, url string) *http.Request {
	_, path, _ := link.Split(url)
	return At(r, path, "")
}

// RedirectAfter sends the browser to url after a POST that ended with err. A Conflict is told on the
// page that comes next; every other error is returned.
func (k *Kit) RedirectAfter(w http.ResponseWriter, r *http.Request, err error, url string) error {
	if key, ok := Conflict(err); ok {
		k.Flash(r.Context(), "warn", key)
		err = nil
	}
	if err != nil {
		return err
	}
	return k.Redirect(w, r, url)
}
