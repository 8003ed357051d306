package edgefn

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// TrackingParameters are parameters that advertisers, newsletters and analytics
// add to the links to a site. They are for scripts in the browser, which read
// them from its address bar: an origin that is not sent them answers the same. Of
// names that a site could well have a use for itself there is none.
//
// Campaigns: Urchin and Google Analytics, Matomo, HubSpot. Clicks: Google, Meta,
// Microsoft, X, TikTok, LinkedIn, Pinterest, Snapchat, Reddit, Yandex, Outbrain,
// Taboola, Adobe, Impact. Newsletters: Mailchimp, HubSpot, Marketo, Klaviyo,
// MailerLite, Drip, Omeda, Vero.
var TrackingParameters = []string{
	"ScCid", "__hsfp", "__hssc", "__hstc", "_branch_match_id", "_ga", "_gac", "_gl", "_hsenc", "_hsmi", "_kx", "_openstat",
	"dclid", "dicbo", "epik", "fb_action_ids", "fb_action_types", "fbclid", "gad_campaignid", "gad_source", "gbraid", "gclid", "gclsrc",
	"hsCtaTracking", "hsa_*", "igsh", "igshid", "irclickid", "li_fat_id", "matomo_*", "mc_cid", "mc_eid", "mkt_tok",
	"ml_subscriber", "ml_subscriber_hash", "msclkid", "mtm_*", "oly_anon_id", "oly_enc_id", "pk_campaign", "pk_cid", "pk_content", "pk_keyword",
	"pk_kwd", "pk_medium", "pk_source", "rb_clickid", "rdt_cid",
	"s_kwcid", "srsltid", "tblci", "ttclid", "twclid", "utm_*", "vero_conv", "vero_id", "wbraid", "wickedid", "yclid", "ymclid",
}

// js is an expression over name that is true for the parameters that are kept.
func (q Query) js() string {
	switch kept, dropped := namesJS(q.Allow), namesJS(q.Deny); {
	case q.Allow == nil && len(q.Deny) == 0:
		return "1"
	case q.Allow == nil:
		return "!(" + dropped + ")"
	case len(q.Allow) == 0:
		return "0"
	case len(q.Deny) == 0:
		return "(" + kept + ")"
	default:
		return fmt.Sprintf("((%s) && !(%s))", kept, dropped)
	}
}

// namesJS is true for the names in a list. Those that are spelled out are looked
// for in one text, between characters that no name can have.
func namesJS(list []string) string {
	var exact, tests []string
	for _, entry := range list {
		start, open := strings.CutSuffix(entry, "*")
		switch {
		case !open:
			exact = append(exact, entry)
		case start == "":
			return "1"
		default:
			tests = append(tests, fmt.Sprintf("name >= %s && name < %s", quote(start), quote(successor(start))))
		}
	}
	if exact != nil {
		tests = append(tests, quote("&"+strings.Join(exact, "&")+"&")+".indexOf('&' + name + '&') >= 0")
	}
	return strings.Join(tests, " || ")
}

// Check returns what of the lists could name no parameter.
func (q Query) Check() error {
	var problems []error
	for _, entry := range slices.Concat(q.Allow, q.Deny) {
		problems = append(problems, checkParameter(entry))
	}
	for _, entry := range q.Allow {
		if slices.Contains(q.Deny, entry) {
			problems = append(problems, fmt.Errorf("parameter %q is both allowed and denied: take it from one of the lists", entry))
		}
	}
	return errors.Join(problems...)
}

func checkParameter(entry string) error {
	switch i := strings.IndexFunc(entry, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("=&?#", r) }); {
	case entry == "":
		return errors.New(`a parameter without a name: write its name, or "*" for all`)
	case i >= 0:
		return fmt.Errorf("parameter %q holds %q, which no name in a url has: write the name alone, as it stands in the url", entry, []rune(entry[i:])[0])
	case strings.Contains(strings.TrimSuffix(entry, "*"), "*"):
		return fmt.Errorf("parameter %q has a star that is not at its end: write %q", entry, entry[:strings.Index(entry, "*")+1])
	}
	return nil
}
