package desk

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"shtab/internal/campaign"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// maxCampaignForm is how many bytes of a campaign's form are read.
const maxCampaignForm = 256 << 10

// Campaigns lists those that the actor keeps: GET /{lang}/desk/campaigns.
func (d *Room) Campaigns(w http.ResponseWriter, r *http.Request) error {
	held, err := d.CampaignStore.Kept(r.Context(), httpkit.Actor(r))
	if err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, page.Campaigns(held))
}

// NewCampaignForm is the form of a new campaign: GET /{lang}/desk/campaigns/new.
func (d *Room) NewCampaignForm(w http.ResponseWriter, r *http.Request) error {
	f := page.CampaignForm{Key: rand.Text(), Colour: campaign.Colours[0], Emblem: campaign.Emblems[0]}
	if orgs := httpkit.Actor(r).Orgs; len(orgs) > 0 {
		f.Org = strconv.FormatInt(orgs[0], 10)
	}
	return d.renderCampaignForm(w, r, http.StatusOK, page.CampaignFormView{Form: f})
}

// NewCampaign makes a draft: POST /{lang}/desk/campaigns/new.
func (d *Room) NewCampaign(w http.ResponseWriter, r *http.Request) error {
	var f page.CampaignForm
	if err := httpkit.LongForm(w, r, &f, maxCampaignForm); err != nil {
		return err
	}
	plan, wrong := f.Plan()
	org, _ := strconv.ParseInt(f.Org, 10, 64)
	plan.OrgID = org
	id, err := int64(0), wrong.Err()
	if err == nil {
		id, err = d.CampaignStore.Create(r.Context(), httpkit.Actor(r), plan, f.Key, d.Now())
	}
	if problems, ok := httpkit.Problems(err); ok {
		return d.renderCampaignForm(w, at(r, link.DeskCampaignNew(httpkit.Lang(r))), http.StatusUnprocessableEntity, page.CampaignFormView{Form: f, Problems: problems})
	}
	if err != nil {
		return err
	}
	d.Flash(r.Context(), "good", "campaign_desk.flash.saved")
	return d.Redirect(w, r, link.DeskCampaign(httpkit.Lang(r), id))
}

// CampaignForm is a campaign to work on: GET /{lang}/desk/campaigns/{id}.
func (d *Room) CampaignForm(w http.ResponseWriter, r *http.Request) error {
	h, err := d.campaign(r)
	if err != nil {
		return err
	}
	return d.renderCampaignForm(w, r, http.StatusOK, page.CampaignFormView{Campaign: h, Form: page.CampaignFormOf(h)})
}

// campaign is the campaign of the address, to work on.
func (d *Room) campaign(r *http.Request) (campaign.Held, error) {
	id, err := httpkit.ID(r, "campaign")
	if err != nil {
		return campaign.Held{}, err
	}
	return d.CampaignStore.Get(r.Context(), httpkit.Actor(r), id)
}

// renderCampaignForm draws the form with the organisations that it offers.
func (d *Room) renderCampaignForm(w http.ResponseWriter, r *http.Request, status int, v page.CampaignFormView) error {
	actor := httpkit.Actor(r)
	orgs, err := org.List(r.Context(), d.DB, httpkit.Lang(r))
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if actor.IsStaff() || slices.Contains(actor.Orgs, o.ID) && o.Kind != org.Headquarters {
			v.Owners = append(v.Owners, o)
		}
		if o.ID != v.Campaign.OrgID && o.Kind != org.Headquarters {
			v.Others = append(v.Others, o)
		}
	}
	if v.Things, err = campaign.Things(r.Context(), d.DB); err != nil {
		return err
	}
	return d.Render(w, r, status, page.CampaignFormPage(v))
}

// SaveCampaign writes a campaign over: POST /{lang}/desk/campaigns/{id}. When somebody else has
// saved it meanwhile, the page shows what they changed and nothing is written.
func (d *Room) SaveCampaign(w http.ResponseWriter, r *http.Request) error {
	h, err := d.campaign(r)
	if err != nil {
		return err
	}
	var f page.CampaignForm
	if err := httpkit.LongForm(w, r, &f, maxCampaignForm); err != nil {
		return err
	}
	v := page.CampaignFormView{Campaign: h, Form: f}
	version, _ := strconv.Atoi(f.Version)
	plan, wrong := f.Plan()
	err = wrong.Err()
	if err == nil {
		err = d.CampaignStore.Save(r.Context(), httpkit.Actor(r), h.ID, max(version, 1), plan, d.Now())
	}
	again := at(r, link.DeskCampaign(httpkit.Lang(r), h.ID))
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return d.renderCampaignForm(w, again, http.StatusUnprocessableEntity, v)
	}
	if fault.Of(err) == fault.KindConflict {
		v.Theirs = page.CampaignDifferences(page.CampaignFormOf(h), f)
		v.IsStale, v.Form.Version = true, strconv.Itoa(h.Version)
		return d.renderCampaignForm(w, again, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	d.Flash(r.Context(), "good", "campaign_desk.flash.saved")
	return d.Redirect(w, r, link.DeskCampaign(httpkit.Lang(r), h.ID))
}

// PublishCampaign shows a campaign to all, also again: POST /{lang}/desk/campaigns/{id}/publish.
func (d *Room) PublishCampaign(w http.ResponseWriter, r *http.Request) error {
	return d.setCampaignState(w, r, campaign.StatePublished)
}

// ArchiveCampaign takes it out of the lists: POST /{lang}/desk/campaigns/{id}/archive.
func (d *Room) ArchiveCampaign(w http.ResponseWriter, r *http.Request) error {
	return d.setCampaignState(w, r, campaign.StateArchived)
}

func (d *Room) setCampaignState(w http.ResponseWriter, r *http.Request, to campaign.State) error {
	h, err := d.campaign(r)
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
	err = d.CampaignStore.SetState(r.Context(), httpkit.Actor(r), h.ID, version, to, d.Now())
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Key == campaign.Stale {
		d.Flash(r.Context(), "warn", campaign.Stale)
		return d.Redirect(w, r, link.DeskCampaign(httpkit.Lang(r), h.ID))
	}
	if problems, ok := httpkit.Problems(err); ok {
		return d.renderCampaignForm(w, at(r, link.DeskCampaign(httpkit.Lang(r), h.ID)), http.StatusUnprocessableEntity,
			page.CampaignFormView{Campaign: h, Form: page.CampaignFormOf(h), Problems: problems})
	}
	if err != nil {
		return err
	}
	d.Flash(r.Context(), "good", "campaign_desk.flash."+string(to))
	return d.Redirect(w, r, link.DeskCampaign(httpkit.Lang(r), h.ID))
}
