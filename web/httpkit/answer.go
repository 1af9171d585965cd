package httpkit

import (
	"net/http"

	"shtab/web/link"
)

// AtLink is At for a URL made by package link.
func AtLink(r *http.Request, url string) *http.Request {
	_, path, _ := link.Split(url)
	return At(r, path, "")
}

// RedirectAfter redirects to url after a POST that ended with err. A Conflict becomes a message on the
// next page; any other error is returned.
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
