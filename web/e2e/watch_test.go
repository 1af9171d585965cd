package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"shtab/web/portal/portaltest"
)

// watch sees everything that a tab reports: what it asks for and what goes wrong.
type watch struct {
	origin string

	mu       sync.Mutex
	wrong    []string
	document map[network.RequestID]bool
	kind     map[network.RequestID]network.ResourceType
	url      map[network.RequestID]string
	bytes    map[network.RequestID]float64 // as sent, headers included
	last     int                           // status of the last page
}

func newWatch(origin string) *watch {
	return &watch{
		origin: origin, document: map[network.RequestID]bool{}, kind: map[network.RequestID]network.ResourceType{},
		url: map[network.RequestID]string{}, bytes: map[network.RequestID]float64{},
	}
}

// see is called for each event, in the order of their arrival.
func (w *watch) see(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		w.kind[e.RequestID], w.url[e.RequestID] = e.Type, e.Request.URL
		if e.Type == network.ResourceTypeDocument {
			w.document[e.RequestID] = true
		}
		if w.foreign(e.Request.URL) {
			w.note("a request leaves the portal: %s (%s) on %s", e.Request.URL, e.Type, e.DocumentURL)
		}
	case *network.EventWebSocketCreated:
		w.note("a socket is opened: %s", e.URL)
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			w.last = int(e.Response.Status)
		} else if e.Response.Status >= 400 {
			w.note("%s (%s) answered %d", e.Response.URL, e.Type, e.Response.Status)
		}
	case *network.EventLoadingFinished:
		w.bytes[e.RequestID] = e.EncodedDataLength
	case *network.EventLoadingFailed:
		if !e.Canceled && !(e.ErrorText == "net::ERR_ABORTED") {
			w.note("%s (%s) failed: %s %s", w.url[e.RequestID], e.Type, e.ErrorText, e.BlockedReason)
		}
	case *runtime.EventConsoleAPICalled:
		switch e.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning,
			runtime.ConsoleAPICalledTypeAssert:
			var words []string
			for _, a := range e.Args {
				words = append(words, string(a.Value)+a.Description)
			}
			w.note("console.%s: %s", e.Type, strings.Join(words, " "))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		w.note("exception: %s (%s:%d)", text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber+1)
	case *log.EventEntryAdded:
		// That a page answered 404 stands here too; statuses of pages are for the tests to expect.
		if n := e.Entry; n.Level != log.EntryLevelVerbose && n.Level != log.EntryLevelInfo &&
			!w.document[n.NetworkRequestID] {
			w.note("the browser says (%s %s): %s %s", n.Source, n.Level, n.Text, n.URL)
		}
	case *audits.EventIssueAdded:
		if g := e.Issue.Details.GenericIssueDetails; g != nil &&
			g.ErrorType == audits.GenericIssueErrorTypeFormInputHasWrongButWellIntendedAutocompleteValueError {
			return // Chromium does not know HTML's "bday"; axe compares these values with the standard
		}
		b, _ := json.Marshal(e.Issue.Details)
		w.note("the browser warns: %s %s", e.Issue.Code, b)
	case *page.EventJavascriptDialogOpening:
		w.note("a dialog opens: %s", e.Message)
	}
}

// note keeps what is wrong, once.
func (w *watch) note(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if !slices.Contains(w.wrong, s) {
		w.wrong = append(w.wrong, s)
	}
}

func (w *watch) foreign(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	switch u.Scheme {
	case "data", "blob", "about":
		return false
	}
	return u.Scheme+"://"+u.Host != w.origin
}

func (w *watch) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.wrong)
}

// drain is list, which begins anew.
func (w *watch) drain() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.wrong
	w.wrong = nil
	return list
}

func (w *watch) status() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

func (w *watch) answered(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = status
}

// load is one request with its weight.
type load struct {
	URL   string
	Kind  network.ResourceType
	Bytes float64
}

// loads is everything that was fetched, the heaviest first.
func (w *watch) loads() (all []load, sum float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, n := range w.bytes {
		all = append(all, load{w.url[id], w.kind[id], n})
		sum += n
	}
	slices.SortFunc(all, func(a, b load) int { return int(b.Bytes - a.Bytes) })
	return all, sum
}

func cookiesOf(b *portaltest.Browser, origin string) []*http.Cookie {
	u, _ := url.Parse(origin)
	return b.Jar.Cookies(u)
}
