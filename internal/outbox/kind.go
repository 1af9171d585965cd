package outbox

// Kind names a message. web/mail declares how each reads; its texts stand in the catalogue under
// mail.<kind>. The comments say which row Message.SubjectID names, and who gets it where that is
// not Message.PersonID.
type Kind string

// To volunteers, about a sign-up. Where it says so below, guardians who want copies get one each,
// with GuardianID.
const (
	SignupConfirmed Kind = "signup_confirmed" // Cause moved: in exchange for another shift; copied
	SignupWaiting   Kind = "signup_waiting"   // copied
	SignupAwaiting  Kind = "signup_awaiting"  // a guardian's consent; Cause as of SignupConfirmed
	SignupPromoted  Kind = "signup_promoted"  // a place became free; copied
	// by somebody else, or not eligible: Cause is a signup.CancelCause; copied
	SignupCancelled Kind = "signup_cancelled"
	HoldExpired     Kind = "hold_expired"    // consent did not come in time: the place went on
	EventChanged    Kind = "event_changed"   // time, place or title, with Was; copied
	EventCancelled  Kind = "event_cancelled" // copied
	Reminder        Kind = "reminder"        // copied
	HoursAttended   Kind = "hours_attended"  // thanks, with the minutes
	HoursNoShow     Kind = "hours_no_show"   // how to explain
)

// To volunteers and guardians, about consent. Guardians get theirs by GuardianID.
const (
	GuardianAsk      Kind = "guardian_ask"      // will you agree? A guardian_ask
	GuardianExpired  Kind = "guardian_expired"  // the place is no longer held; a guardian_ask
	GuardianCode     Kind = "guardian_code"     // the code that makes an answer theirs; no subject
	GuardianReceipt  Kind = "guardian_receipt"  // what they have agreed to; a guardian_consent
	GuardianStranger Kind = "guardian_stranger" // to the volunteer: that address is somebody else's; no subject
)

// From and to coordinators.
const (
	CoordinatorMessage Kind = "message"             // a coordinator's own words; a message
	ConsentLost        Kind = "consent_lost"        // somebody no longer comes; a sign-up
	EventApproved      Kind = "event_approved"      // the headquarters has published it; an event
	EventReturned      Kind = "event_returned"      // the headquarters has sent it back; an event
	CoordinatorInvite  Kind = "coordinator_invite"  // will you act for an organisation? An org_invite
	CoordinatorRemoved Kind = "coordinator_removed" // you no longer do; an organisation
	// to an applicant: the headquarters has taken it in; an organisation
	OrgApproved Kind = "org_approved"
	OrgReturned Kind = "org_returned" // to an applicant: it came back with words; an organisation
	// paused, closed, or going on: Cause is an org.State; an organisation
	OrgState  Kind = "org_state"
	OrgMerged Kind = "org_merged" // it is one with another now: that organisation
)

// About one's own account.
const (
	RegisterCode  Kind = "register_code"  // the code, or "you already have an account"; a registration
	PasswordReset Kind = "password_reset" // the link, if there is such an account; a password_reset
	EmailCode     Kind = "email_code"     // likewise, to a new e-mail; an email_change
	EmailChanged  Kind = "email_changed"  // to the e-mail that was; an email_change
	// by the headquarters, Cause says what; the organisation of Cause coordinator
	AccountChanged Kind = "account_changed"
	// two accounts of one person are one now; the person whose account is closed
	AccountMerged Kind = "account_merged"
	FactorAdded   Kind = "factor_added"   // Cause says which: app, passkey; no subject
	FactorRemoved Kind = "factor_removed" // likewise
	FactorReset   Kind = "factor_reset"   // by an administrator: all are gone; no subject
	RecoveryUsed  Kind = "recovery_used"  // Seq codes are left; no subject
)

// Kinds is every kind. A test compares the list with the constants.
func Kinds() []Kind {
	return []Kind{
		SignupConfirmed, SignupWaiting, SignupAwaiting, SignupPromoted, SignupCancelled, HoldExpired,
		EventChanged, EventCancelled, Reminder, HoursAttended, HoursNoShow,
		GuardianAsk, GuardianExpired, GuardianCode, GuardianReceipt, GuardianStranger,
		CoordinatorMessage, ConsentLost, EventApproved, EventReturned, CoordinatorInvite,
		CoordinatorRemoved, OrgApproved, OrgReturned, OrgState, OrgMerged,
		RegisterCode, PasswordReset, EmailCode, EmailChanged, AccountChanged, AccountMerged, FactorAdded,
		FactorRemoved, FactorReset, RecoveryUsed,
	}
}
