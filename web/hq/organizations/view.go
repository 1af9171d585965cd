package organizations

import (
	"context"
	"net/url"
	"strconv"

	"shtab/internal/org"
	"shtab/web/link"
	"shtab/web/ui"
)

// listView is a page of the register.
type listView struct {
	List   []org.Organization
	Search org.Query
	Page   int
	More   bool
}

func (v listView) next(ctx context.Context) string {
	if !v.More {
		return ""
	}
	q := url.Values{"page": {strconv.Itoa(v.Page + 1)}}
	for name, value := range map[string]string{
		"q": v.Search.Text, "kind": string(v.Search.Kind),
		"state": string(v.Search.State),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return link.HQOrganizations(ui.L(ctx), q)
}

func stateOptions(ctx context.Context, first string, states ...org.State) []ui.Option {
	options := []ui.Option{{Value: "", Text: first}}
	for _, s := range states {
		options = append(options, ui.Option{Value: string(s), Text: ui.T(ctx, "bodies.state."+string(s))})
	}
	return options
}

// stateTone is the colour and picture of a state's badge, which says it in words too.
func stateTone(s org.State) (tone, icon string) {
	switch s {
	case org.Applied:
		return "warn", "hourglass"
	case org.Active:
		return "", ""
	case org.Trusted:
		return "good", "check"
	case org.Paused:
		return "warn", "clock"
	default:
		return "", "x"
	}
}

// organizationView is one's page in the register, or the form of a new one.
type organizationView struct {
	Org      org.Organization // zero: a new one
	Form     ui.OrganizationForm
	Members  []org.Member
	Problems map[string]string
	State    string // chosen in the form of the state
	Words    string
	Conflict string // a catalogue key
}

// nextStates are the states that it may be moved to.
func (v organizationView) nextStates() (states []org.State) {
	for _, s := range org.States {
		if s != v.Org.State && s != org.Applied && (v.Org.Kind != org.Headquarters || s.Publishes()) {
			states = append(states, s)
		}
	}
	return states
}

// mergeView is two entries of one organisation that become one.
type mergeView struct {
	Keep     org.Organization
	From     org.Organization // zero: none is chosen yet
	Text     string           // searched for
	Found    []org.Organization
	Conflict string // a catalogue key
}
