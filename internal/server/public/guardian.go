package public

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"shtab/internal/fault"
	"shtab/internal/guardian"
	"shtab/web/httpkit"
	page "shtab/web/page/public"

	"shtab/web/link"
)

// Guardian is a parent's page behind a mailed link: GET /{lang}/guardian/{token}.
func (p *Room) Guardian(w http.ResponseWriter, r *http.Request) error {
	return p.renderGuardian(w, r, http.StatusOK, page.GuardianView{})
}

func (p *Room) renderGuardian(w http.ResponseWriter, r *http.Request, status int, v page.GuardianView) error {
	var err error
	v.Token = chi.URLParam(r, "token")
	if v.Visit, err = p.Guardians.Open(r.Context(), v.Token, p.Now()); err != nil {
		return err
	}
	httpkit.Secret(w)
	_, at, _ := link.Split(link.Guardian(httpkit.Lang(r), v.Token))
	return p.Render(w, httpkit.At(r, at, ""), status, page.Guardian(v))
}

// GuardianChoose keeps the answer and mails the code for it: POST /{lang}/guardian/{token}/choose.
func (p *Room) GuardianChoose(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Scope string `form:"scope"`
		Name  string `form:"name"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := p.Guardians.Choose(r.Context(), chi.URLParam(r, "token"), guardian.Choice{Scope: f.Scope, Name: f.Name}, p.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return p.renderGuardian(w, r, http.StatusUnprocessableEntity, page.GuardianView{Scope: f.Scope, Name: f.Name, Problems: problems})
	}
	return p.afterAnswer(w, r, err, "")
}

// GuardianAgree makes the answer a consent: POST /{lang}/guardian/{token}/agree.
func (p *Room) GuardianAgree(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := p.Guardians.Agree(r.Context(), chi.URLParam(r, "token"), f.Code, signed(r), p.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return p.renderGuardian(w, r, http.StatusUnprocessableEntity, page.GuardianView{Code: f.Code, Problems: problems})
	}
	return p.afterAnswer(w, r, err, "guardian.flash.agreed")
}

// GuardianRefuse says no to an event: POST /{lang}/guardian/{token}/refuse.
func (p *Room) GuardianRefuse(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Event int64 `form:"event"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := p.Guardians.Refuse(r.Context(), chi.URLParam(r, "token"), f.Event, signed(r), p.Now())
	return p.afterAnswer(w, r, err, "guardian.flash.refused")
}

// GuardianWithdraw takes a consent back: POST /{lang}/guardian/{token}/withdraw.
func (p *Room) GuardianWithdraw(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Consent int64 `form:"consent"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := p.Guardians.Withdraw(r.Context(), chi.URLParam(r, "token"), f.Consent, signed(r), p.Now())
	return p.afterAnswer(w, r, err, "guardian.flash.withdrawn")
}

// GuardianCopies switches copies of mails on or off: POST /{lang}/guardian/{token}/copies.
func (p *Room) GuardianCopies(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Copies bool `form:"copies"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	done := "guardian.flash.copies_off"
	if f.Copies {
		done = "guardian.flash.copies_on"
	}
	return p.afterAnswer(w, r, p.Guardians.SetCopies(r.Context(), chi.URLParam(r, "token"), f.Copies, p.Now()), done)
}

// GuardianDisown forgets an address that is a stranger's: POST /{lang}/guardian/{token}/disown.
func (p *Room) GuardianDisown(w http.ResponseWriter, r *http.Request) error {
	if err := p.Guardians.Disown(r.Context(), chi.URLParam(r, "token"), p.Now()); err != nil {
		return err
	}
	httpkit.Secret(w)
	p.Flash(r.Context(), "good", "guardian.flash.disowned")
	return p.Redirect(w, r, link.Home(httpkit.Lang(r)))
}

// afterAnswer leads back to the guardian's page; what no longer waits, a code that has run out
// or came too often is said there.
func (p *Room) afterAnswer(w http.ResponseWriter, r *http.Request, err error, done string) error {
	tone := "good"
	switch fault.Of(err) {
	case fault.KindGone, fault.KindTooMany, fault.KindConflict:
		_, done = httpkit.Status(err)
		tone, err = "warn", nil
	}
	if err != nil {
		return err
	}
	httpkit.Secret(w)
	if done != "" {
		p.Flash(r.Context(), tone, done)
	}
	return p.Redirect(w, r, link.Guardian(httpkit.Lang(r), chi.URLParam(r, "token")))
}

func signed(r *http.Request) guardian.Signed {
	return guardian.Signed{Address: httpkit.Address(r), Lang: httpkit.Lang(r)}
}
