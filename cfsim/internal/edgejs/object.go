package edgejs

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/cfrouter/cfrouter/cfsim/internal/restrictions"
)

// A lazy is an object of the event. Most functions look at few of its
// properties, so each is made when it is first asked for, and one that was never
// asked for is known to be as it was. To JavaScript it is an ordinary object with
// an exception: it cannot be frozen or have properties of other kinds than data.
// Code that mentions these gets ordinary objects, see [Function.plain].
type lazy struct {
	r     *run
	props []prop
}

// A prop is a property of a lazy object. Either it has a value, or it is made of
// one of the others.
type prop struct {
	name   string
	value  goja.Value
	text   string
	field  *field
	make   func(*run) goja.Value
	hidden bool // not enumerable
}

var _ goja.DynamicObject = (*lazy)(nil)

func (l *lazy) index(key string) int {
	for i := range l.props {
		if l.props[i].name == key {
			return i
		}
	}
	return -1
}

// Get implements [goja.DynamicObject].
func (l *lazy) Get(key string) goja.Value {
	i := l.index(key)
	if i < 0 {
		return nil
	}
	return l.value(&l.props[i])
}

func (l *lazy) value(p *prop) goja.Value {
	if p.value == nil {
		switch {
		case p.field != nil:
			p.value = l.r.fieldObject(p.field)
		case p.make != nil:
			p.value = p.make(l.r)
		default:
			p.value = l.r.vm.ToValue(p.text)
		}
	}
	return p.value
}

// Set implements [goja.DynamicObject].
func (l *lazy) Set(key string, value goja.Value) bool {
	if i := l.index(key); i >= 0 {
		l.props[i].value = value
	} else {
		l.props = append(l.props, prop{name: key, value: value})
	}
	return true
}

// Has implements [goja.DynamicObject].
func (l *lazy) Has(key string) bool { return l.index(key) >= 0 }

// Delete implements [goja.DynamicObject].
func (l *lazy) Delete(key string) bool {
	if i := l.index(key); i >= 0 {
		l.props = slices.Delete(l.props, i, i+1)
	}
	return true
}

// Keys implements [goja.DynamicObject].
func (l *lazy) Keys() []string {
	keys := make([]string, 0, len(l.props))
	for i := range l.props {
		if !l.props[i].hidden {
			keys = append(keys, l.props[i].name)
		}
	}
	return keys
}

// untouched returns the property if the function has not even looked at it.
func (l *lazy) untouched(key string) (*prop, bool) {
	i := l.index(key)
	if i < 0 || l.props[i].value != nil {
		return nil, false
	}
	return &l.props[i], true
}

// object returns the JavaScript object of some properties.
func (r *run) object(props ...prop) goja.Value {
	l := &lazy{r: r, props: props}
	if !r.f.plain {
		return r.vm.NewDynamicObject(l)
	}
	o := r.vm.NewObject()
	for i := range l.props {
		p := &l.props[i]
		enumerable := goja.FLAG_TRUE
		if p.hidden {
			enumerable = goja.FLAG_FALSE
		}
		// Defining, unlike setting, makes "__proto__" a name like any other.
		must(o.DefineDataProperty(p.name, l.value(p), goja.FLAG_TRUE, goja.FLAG_TRUE, enumerable))
	}
	return o
}

// must is for what fails only if the engine is broken.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// eventObject returns the argument of the handler.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html)
func (r *run) eventObject() goja.Value {
	props := []prop{
		{name: "version", text: "1.0"},
		{name: "context", make: (*run).contextObject},
		{name: "viewer", make: (*run).viewerObject},
		{name: "request", make: (*run).requestObject},
	}
	if r.event.Response != nil {
		props = append(props, prop{name: "response", make: (*run).responseObject})
	}
	return r.object(props...)
}

func (r *run) contextObject() goja.Value {
	return r.object(
		prop{name: "distributionDomainName", text: r.event.DistributionDomain},
		prop{name: "distributionId", text: r.event.DistributionID},
		prop{name: "eventType", text: r.event.Type},
		prop{name: "requestId", text: r.event.RequestID},
	)
}

func (r *run) viewerObject() goja.Value {
	return r.object(prop{name: "ip", text: r.event.ViewerIP})
}

func (r *run) requestObject() goja.Value {
	props := []prop{
		{name: "method", text: r.event.Request.Method},
		{name: "uri", text: restrictions.UTF8(r.event.Request.URI)},
		{name: "querystring", make: (*run).queryObject},
		{name: "headers", make: (*run).headersObject},
		{name: "cookies", make: (*run).cookiesObject},
	}
	if r.f.version == v2 {
		props = append(props, prop{name: "rawQueryString", make: (*run).rawQueryMethod, hidden: true})
	}
	return r.object(props...)
}

func (r *run) queryObject() goja.Value   { return r.fieldsObject(r.queryFields()) }
func (r *run) headersObject() goja.Value { return r.fieldsObject(r.headerFields()) }
func (r *run) cookiesObject() goja.Value { return r.fieldsObject(r.cookieFields()) }

func (r *run) responseObject() goja.Value {
	return r.object(
		prop{name: "statusCode", value: r.vm.ToValue(r.event.Response.Status)},
		prop{name: "statusDescription", text: restrictions.UTF8(r.event.Response.Description)},
		prop{name: "headers", make: (*run).responseHeadersObject},
		prop{name: "cookies", make: (*run).setCookiesObject},
	)
}

func (r *run) responseHeadersObject() goja.Value { return r.fieldsObject(r.responseHeaderFields()) }
func (r *run) setCookiesObject() goja.Value      { return r.fieldsObject(r.setCookieFields()) }

// rawQueryMethod returns request.rawQueryString.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html#raw-query-string-method)
func (r *run) rawQueryMethod() goja.Value {
	return r.vm.ToValue(func(goja.FunctionCall) goja.Value {
		if !r.event.Request.HasQuery {
			return goja.Undefined()
		}
		return r.vm.ToValue(restrictions.UTF8(r.event.Request.RawQuery))
	})
}

// fieldsObject returns {name: {value, …}, …}.
func (r *run) fieldsObject(f fields) goja.Value {
	props := make([]prop, len(f), len(f)+2)
	for i := range f {
		props[i] = prop{name: f[i].name, field: &f[i]}
	}
	return r.object(props...)
}

// fieldObject returns {value, multiValue, attributes}. The multiValue of a field
// holds all of its values, the first included, and is there only if they are
// several.
func (r *run) fieldObject(f *field) goja.Value {
	o := r.valueObject(f, 0)
	if len(f.values) > 1 {
		several := make([]any, len(f.values))
		for i := range f.values {
			several[i] = r.valueObject(f, i)
		}
		must(o.Set("multiValue", r.vm.NewArray(several...)))
	}
	return o
}

func (r *run) valueObject(f *field, i int) *goja.Object {
	o := r.vm.NewObject()
	must(o.Set("value", f.values[i]))
	if f.attributes != nil && f.attributes[i] != "" {
		must(o.Set("attributes", f.attributes[i]))
	}
	return o
}

// The fields below are parsed when the function or its result is looked at for
// the first time.

func (r *run) queryFields() fields {
	return once(&r.request.query, func() fields { return queryOf(r.event.Request.RawQuery) })
}

func (r *run) headerFields() fields {
	return once(&r.request.headers, func() fields { return headersOf(r.event.Request.Header) })
}

func (r *run) cookieFields() fields {
	return once(&r.request.cookies, func() fields { return cookiesOf(r.event.Request.Header) })
}

func (r *run) responseHeaderFields() fields {
	return once(&r.response.headers, func() fields { return headersOf(r.event.Response.Header) })
}

func (r *run) setCookieFields() fields {
	return once(&r.response.cookies, func() fields { return setCookiesOf(r.event.Response.Header) })
}

func once(f *fields, parse func() fields) fields {
	if *f == nil {
		if *f = parse(); *f == nil {
			*f = fields{}
		}
	}
	return *f
}
