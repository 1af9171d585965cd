// Package campaigns is a coordinator's work on campaigns: the list, the form, publication, archiving.
package campaigns

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// maxCampaignForm is how many bytes of a campaign's form are read.
const maxCampaignForm = 256 << 10

// Handler answers the pages' requests.
type Handler struct {
	*httpkit.Kit
	DB        postgres.DB
	Campaigns *campaign.Store
}

// ListCampaigns shows those that the actor keeps: GET /{lang}/desk/campaigns.
func (h *Handler) ListCampaigns(w http.ResponseWriter, r *http.Request) error {
	held, err := h.Campaigns.ListManaged(r.Context(), httpkit.Actor(r))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, listPage(held))
}

// NewCampaign shows the form of a new campaign: GET /{lang}/desk/campaigns/new.
func (h *Handler) NewCampaign(w http.ResponseWriter, r *http.Request) error {
	f := campaignForm{Key: rand.Text(), inputs: map[string]string{
		"colour": campaign.Colours[0],
		"emblem": campaign.Emblems[0],
	}}
	if orgs := httpkit.Actor(r).Orgs; len(orgs) > 0 {
		f.Org = strconv.FormatInt(orgs[0], 10)
	}
	return h.renderForm(w, r, http.StatusOK, formView{Form: f})
}

// CreateCampaign makes a draft: POST /{lang}/desk/campaigns/new.
func (h *Handler) CreateCampaign(w http.ResponseWriter, r *http.Request) error {
	var f campaignForm
	if err := f.read(w, r); err != nil {
		return err
	}
	plan, wrong := f.details()
	org, _ := strconv.ParseInt(f.Org, 10, 64)
	plan.OrgID = org
	id, err := int64(0), wrong.Err()
	if err == nil {
		id, err = h.Campaigns.Create(r.Context(), httpkit.Actor(r), plan, f.Key, h.Now())
	}
	if problems, ok := httpkit.Problems(err); ok {
		r = httpkit.AtLink(r, link.DeskCampaignNew(httpkit.Lang(r)))
		return h.renderForm(w, r, http.StatusUnprocessableEntity, formView{Form: f, Problems: problems})
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "campaign_desk.flash.saved")
	return h.Redirect(w, r, link.DeskCampaign(httpkit.Lang(r), id))
}

// EditCampaign shows the form of an existing campaign: GET /{lang}/desk/campaigns/{id}.
func (h *Handler) EditCampaign(w http.ResponseWriter, r *http.Request) error {
	c, err := h.campaign(r)
	if err != nil {
		return err
	}
	return h.renderForm(w, r, http.StatusOK, formView{Campaign: c, Form: formOf(c)})
}

// campaign is the campaign of the address, to work on.
func (h *Handler) campaign(r *http.Request) (campaign.ManagedCampaign, error) {
	id, err := httpkit.ID(r, "campaign")
	if err != nil {
		return campaign.ManagedCampaign{}, err
	}
	return h.Campaigns.Get(r.Context(), httpkit.Actor(r), id)
}

// renderForm draws the form with the organisations that it offers.
func (h *Handler) renderForm(w http.ResponseWriter, r *http.Request, status int, v formView) error {
	actor := httpkit.Actor(r)
	orgs, err := org.List(r.Context(), h.DB, httpkit.Lang(r))
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if actor.Can(account.RunAllEvents) || slices.Contains(actor.Orgs, o.ID) && o.Kind != org.Headquarters {
			v.Owners = append(v.Owners, o)
		}
		if o.ID != v.Campaign.OrgID && o.Kind != org.Headquarters {
			v.Others = append(v.Others, o)
		}
	}
	if v.DeliveryKinds, err = campaign.DeliveryKinds(r.Context(), h.DB); err != nil {
		return err
	}
	return h.Render(w, r, status, formPage(v))
}

// SaveCampaign writes a campaign over: POST /{lang}/desk/campaigns/{id}. When somebody else has
// saved it meanwhile, the page shows what they changed and nothing is written.
func (h *Handler) SaveCampaign(w http.ResponseWriter, r *http.Request) error {
	c, err := h.campaign(r)
	if err != nil {
		return err
	}
	var f campaignForm
	if err := f.read(w, r); err != nil {
		return err
	}
	v := formView{Campaign: c, Form: f}
	version, _ := strconv.Atoi(f.Version)
	plan, wrong := f.details()
	err = wrong.Err()
	if err == nil {
		err = h.Campaigns.Save(r.Context(), httpkit.Actor(r), c.ID, max(version, 1), plan, h.Now())
	}
	again := httpkit.AtLink(r, link.DeskCampaign(httpkit.Lang(r), c.ID))
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderForm(w, again, http.StatusUnprocessableEntity, v)
	}
	if fault.Of(err) == fault.KindConflict {
		v.Theirs = formOf(c)
		v.IsStale, v.Form.Version = true, strconv.Itoa(c.Version)
		return h.renderForm(w, again, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "campaign_desk.flash.saved")
	return h.Redirect(w, r, link.DeskCampaign(httpkit.Lang(r), c.ID))
}

// PublishCampaign shows a campaign to all, also again: POST /{lang}/desk/campaigns/{id}/publish.
func (h *Handler) PublishCampaign(w http.ResponseWriter, r *http.Request) error {
	return h.setState(w, r, campaign.StatePublished)
}

// ArchiveCampaign takes it out of the lists: POST /{lang}/desk/campaigns/{id}/archive.
func (h *Handler) ArchiveCampaign(w http.ResponseWriter, r *http.Request) error {
	return h.setState(w, r, campaign.StateArchived)
}

func (h *Handler) setState(w http.ResponseWriter, r *http.Request, to campaign.State) error {
	c, err := h.campaign(r)
	if err != nil {
		return err
	}
	var f struct {
		Version string `form:"version"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	version, _ := strconv.Atoi(f.Version)
	err = h.Campaigns.SetState(r.Context(), httpkit.Actor(r), c.ID, version, to, h.Now())
	if key, _ := httpkit.Conflict(err); key == campaign.Stale {
		h.Flash(r.Context(), "warn", campaign.Stale)
		return h.Redirect(w, r, link.DeskCampaign(httpkit.Lang(r), c.ID))
	}
	if problems, ok := httpkit.Problems(err); ok {
		r = httpkit.AtLink(r, link.DeskCampaign(httpkit.Lang(r), c.ID))
		return h.renderForm(w, r, http.StatusUnprocessableEntity,
			formView{Campaign: c, Form: formOf(c), Problems: problems})
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "campaign_desk.flash."+string(to))
	return h.Redirect(w, r, link.DeskCampaign(httpkit.Lang(r), c.ID))
}
