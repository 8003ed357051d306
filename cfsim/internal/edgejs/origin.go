package edgejs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// An OriginChange is the origin that a viewer-request function chose. One of its
// fields is set: that of the last call that the function made. What becomes of
// several calls is unstated.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html)
type OriginChange struct {
	Update *OriginUpdate    `json:"updateRequestOrigin,omitempty"`
	Select *OriginSelection `json:"selectRequestOriginById,omitempty"`
	Group  *OriginGroup     `json:"createRequestOriginGroup,omitempty"`
}

// An OriginUpdate is the argument of updateRequestOrigin. What is nil stays as the
// origin of the behavior has it.
type OriginUpdate struct {
	DomainName *string `json:"domainName,omitempty"`
	OriginPath *string `json:"originPath,omitempty"`
	OriginOverrides

	// CustomHeaders have names in lower case. Those that are empty but not nil
	// take away the headers of the origin.
	CustomHeaders      map[string]string `json:"customHeaders,omitzero"`
	ConnectionAttempts *int              `json:"connectionAttempts,omitempty"` // 1 to 3

	OriginShield        *OriginShield        `json:"originShield,omitempty"`
	OriginAccessControl *OriginAccessControl `json:"originAccessControlConfig,omitempty"`
	Timeouts            *OriginTimeouts      `json:"timeouts,omitempty"`
	CustomOrigin        *CustomOrigin        `json:"customOriginConfig,omitempty"`

	MTLS string `json:"mTLSConfig,omitempty"` // "inherit", the default, or "off"
}

// OriginOverrides are the settings of an origin that every way of choosing one
// can override.
type OriginOverrides struct {
	HostHeader              *string  `json:"hostHeader,omitempty"`
	SNI                     *string  `json:"sni,omitempty"`
	AllowedCertificateNames []string `json:"allowedCertificateNames,omitempty"`
}

// OriginShield is a regional cache in front of the origin.
type OriginShield struct {
	Enabled bool   `json:"enabled"`
	Region  string `json:"region,omitempty"`
}

// OriginAccessControl says how requests to the origin are signed.
type OriginAccessControl struct {
	Enabled         bool   `json:"enabled"`
	SigningBehavior string `json:"signingBehavior,omitempty"` // "always", "never" or "no-override"
	SigningProtocol string `json:"signingProtocol,omitempty"` // "sigv4"
	OriginType      string `json:"originType,omitempty"`      // "s3", "mediapackagev2", "mediastore" or "lambda"
}

// OriginTimeouts are in seconds.
type OriginTimeouts struct {
	Read               *int `json:"readTimeout,omitempty"`               // 1 to 120
	ResponseCompletion *int `json:"responseCompletionTimeout,omitempty"` // at least that of Read
	KeepAlive          *int `json:"keepAliveTimeout,omitempty"`          // 1 to 120
	Connection         *int `json:"connectionTimeout,omitempty"`         // 1 to 10
}

// CustomOrigin is how an origin is connected to that is no bucket.
type CustomOrigin struct {
	Port          int      `json:"port"`
	Protocol      string   `json:"protocol"` // "http" or "https"
	SSLProtocols  []string `json:"sslProtocols"`
	IPAddressType string   `json:"ipAddressType,omitempty"` // "ipv4", "ipv6" or "dualstack"
}

// An OriginSelection is an origin of the distribution.
type OriginSelection struct {
	ID string `json:"originId"`
	OriginOverrides
}

// An OriginGroup is a primary origin and one to fail over to.
type OriginGroup struct {
	Origins           []OriginSelection `json:"originIds"`         // two
	SelectionCriteria string            `json:"selectionCriteria"` // "default" or "media-quality-score"
	StatusCodes       []int             `json:"statusCodes"`       // for which the second is asked
}

// chosen keeps what a call of the function chose. That an invalid argument is
// found when the function has returned, as other invalid results are, is what
// CloudFront has been seen to do; AWS does not state it.
func (r *run) chosen(method string, s *settings, change *OriginChange) goja.Value {
	if r.event.Type != viewerRequest {
		s.invalid("", "the origin can be changed at viewer-request only, not at %s", r.event.Type)
	}
	s.warn(s.object, "")
	r.warnings = append(r.warnings, s.warnings...)
	if r.originErr == nil && len(s.problems) > 0 {
		r.originErr = fmt.Errorf("cf.%s: %s", method, strings.Join(s.problems, "; "))
	}
	r.origin = change
	return goja.Undefined()
}

func (r *run) updateRequestOrigin(call goja.FunctionCall) goja.Value {
	s := settingsOf("updateRequestOrigin", call.Argument(0))
	u := &OriginUpdate{
		DomainName:         s.host("domainName"),
		OriginPath:         s.path("originPath"),
		OriginOverrides:    s.overrides(),
		CustomHeaders:      s.headers(r, "customHeaders"),
		ConnectionAttempts: s.integer("connectionAttempts", 1, 3),
		MTLS:               s.oneOf("mTLSConfig", false, "inherit", "off"),
	}
	if shield := s.nested("originShield"); shield != nil {
		u.OriginShield = &OriginShield{Enabled: shield.boolean("enabled"), Region: shield.oneOf("region", false)}
		if u.OriginShield.Enabled && u.OriginShield.Region == "" {
			shield.invalid("region", "is missing, want the code of a region such as \"us-east-2\"")
		}
	}
	if oac := s.nested("originAccessControlConfig"); oac != nil {
		on := oac.boolean("enabled")
		u.OriginAccessControl = &OriginAccessControl{
			Enabled:         on,
			SigningBehavior: oac.oneOf("signingBehavior", on, "always", "never", "no-override"),
			SigningProtocol: oac.oneOf("signingProtocol", on, "sigv4"),
			OriginType:      oac.oneOf("originType", on, "s3", "mediapackagev2", "mediastore", "lambda"),
		}
	}
	if t := s.nested("timeouts"); t != nil {
		u.Timeouts = &OriginTimeouts{
			Read:               t.integer("readTimeout", 1, 120),
			ResponseCompletion: t.integer("responseCompletionTimeout", 1, 0),
			KeepAlive:          t.integer("keepAliveTimeout", 1, 120),
			Connection:         t.integer("connectionTimeout", 1, 10),
		}
		if u.Timeouts.Read != nil && u.Timeouts.ResponseCompletion != nil && *u.Timeouts.ResponseCompletion < *u.Timeouts.Read {
			t.invalid("responseCompletionTimeout", "is %d, want at least the readTimeout of %d", *u.Timeouts.ResponseCompletion, *u.Timeouts.Read)
		}
	}
	if custom := s.nested("customOriginConfig"); custom != nil {
		u.CustomOrigin = &CustomOrigin{
			Port:          custom.port("port"),
			Protocol:      custom.oneOf("protocol", true, "http", "https"),
			SSLProtocols:  custom.list("sslProtocols", true, "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"),
			IPAddressType: custom.oneOf("ipAddressType", false, "ipv4", "ipv6", "dualstack"),
		}
		if u.CustomOrigin.IPAddressType != "" && u.DomainName == nil {
			custom.invalid("ipAddressType", "can only be changed together with the domainName")
		}
	}
	return r.chosen("updateRequestOrigin", s, &OriginChange{Update: u})
}

func (r *run) selectRequestOriginByID(call goja.FunctionCall) goja.Value {
	s := settingsOf("selectRequestOriginById", call.Argument(1))
	selection := &OriginSelection{ID: r.originID(s, "the origin id", call.Argument(0)), OriginOverrides: s.overrides()}
	return r.chosen("selectRequestOriginById", s, &OriginChange{Select: selection})
}

func (r *run) createRequestOriginGroup(call goja.FunctionCall) goja.Value {
	s := settingsOf("createRequestOriginGroup", call.Argument(0))
	group := &OriginGroup{SelectionCriteria: s.oneOf("selectionCriteria", false, "default", "media-quality-score")}
	if group.SelectionCriteria == "" {
		group.SelectionCriteria = "default"
	}
	// An item is an id, or an id with overrides.
	items := s.items("originIds")
	for i, item := range items {
		key := "originIds[" + strconv.Itoa(i) + "]"
		selection := OriginSelection{}
		if object, ok := item.(*goja.Object); ok {
			one := s.sub(object, key)
			item = one.get("originId")
			if overrides := one.nested("originOverrides"); overrides != nil {
				selection.OriginOverrides = overrides.overrides()
			}
		}
		selection.ID = r.originID(s, key, item)
		group.Origins = append(group.Origins, selection)
	}
	if len(items) != 2 {
		s.invalid("originIds", "has %d origins, want two: the primary and the secondary", len(items))
	} else if group.Origins[0].ID == group.Origins[1].ID {
		s.invalid("originIds", "names %q twice, want two origins", group.Origins[0].ID)
	}
	if criteria := s.nested("failoverCriteria"); criteria != nil {
		group.StatusCodes = criteria.statusCodes("statusCodes")
	} else {
		s.invalid("failoverCriteria", "is missing, want {statusCodes: [500, …]}")
	}
	return r.chosen("createRequestOriginGroup", s, &OriginChange{Group: group})
}

func (r *run) originID(s *settings, key string, v goja.Value) string {
	id, ok := v.(goja.String)
	switch {
	case !ok:
		s.invalid(key, "is %s, want the id of an origin of the distribution", describeMissing(v))
		return ""
	case r.env.Origins != nil && !slices.Contains(r.env.Origins, id.String()):
		s.invalid(key, "is %q, which is no origin of the distribution; it has %s", id.String(), quoted(r.env.Origins))
	}
	return id.String()
}
