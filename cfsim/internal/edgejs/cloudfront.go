package edgejs

import (
	"encoding/json"

	"github.com/dop251/goja"
)

// cloudfrontModule returns the cloudfront module.
func (r *run) cloudfrontModule() goja.Value {
	cf := r.vm.NewObject()
	method := func(name string, f func(goja.FunctionCall) goja.Value) { must(cf.Set(name, f)) }
	method("kvs", r.kvs)
	method("updateRequestOrigin", r.updateRequestOrigin)
	method("selectRequestOriginById", r.selectRequestOriginByID)
	method("createRequestOriginGroup", r.createRequestOriginGroup)
	must(cf.Set("edgeLocation", r.edgeLocation()))
	r.unsimulated(cf)
	return cf
}

// edgeLocation returns cf.edgeLocation, which is empty at viewer-response.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html#edge-location-metadata)
func (r *run) edgeLocation() goja.Value {
	o := r.vm.NewObject()
	if edge := r.env.Edge; edge != nil && r.event.Type == viewerRequest {
		must(o.Set("name", edge.Name))
		must(o.Set("serverIp", edge.ServerIP))
		must(o.Set("region", edge.Region))
	}
	return o
}

// unsimulated adds what there is at CloudFront but not here.
func (r *run) unsimulated(cf *goja.Object) {
	cwt := r.vm.NewObject()
	for _, name := range []string{"validateToken", "generateToken"} {
		must(cwt.Set(name, func(goja.FunctionCall) goja.Value {
			// Code takes an error of these for a bad token, so none is
			// thrown.
			return r.stop("cf.cwt.%s is not simulated", name)
		}))
	}
	must(cf.Set("cwt", cwt))
	// This is what functions of a standard distribution see of it.
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/saas-specific-logic-function-code.html)
	must(cf.DefineAccessorProperty("distributionTenant", r.native(func(goja.FunctionCall) goja.Value {
		r.throw("TypeError", "distributionTenant module is not available")
		return nil
	}), nil, goja.FLAG_TRUE, goja.FLAG_FALSE))
}

// kvs is cf.kvs(id). The names of its errors are those that CloudFront has been
// seen to give; AWS does not state them.
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html)
func (r *run) kvs(call goja.FunctionCall) goja.Value {
	if r.env.Store == nil {
		r.throw("Error", "KVSNamespaceNotFound: no key value store is associated with the function")
	}
	if id := call.Argument(0); !isMissing(id) && r.env.StoreID != "" && id.String() != r.env.StoreID {
		r.throw("Error", "KVSNamespaceNotFound: the store of the function is %q, not %q", r.env.StoreID, id.String())
	}
	handle := r.vm.NewObject()
	must(handle.Set("get", r.async(r.kvsGet)))
	must(handle.Set("exists", r.async(func(call goja.FunctionCall) goja.Value {
		_, ok := r.env.Store.Get(call.Argument(0).String())
		return r.vm.ToValue(ok)
	})))
	must(handle.Set("meta", r.async(func(goja.FunctionCall) goja.Value {
		meta := r.vm.NewObject()
		at := r.env.StoreTime.UTC().Format("2006-01-02T15:04:05.000Z")
		must(meta.Set("creationDateTime", at))
		must(meta.Set("lastUpdatedDateTime", at))
		must(meta.Set("keyCount", r.env.Store.Len()))
		return meta
	})))
	return handle
}

// async returns a function whose result is a promise, rejected if f throws.
func (r *run) async(f func(goja.FunctionCall) goja.Value) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		promise, resolve, reject := r.vm.NewPromise()
		var value goja.Value
		if ex := r.vm.Try(func() { value = f(call) }); ex != nil {
			must(reject(ex.Value()))
		} else {
			must(resolve(value))
		}
		return r.vm.ToValue(promise)
	}
}

// kvsGet is the handle's get(key, {format}).
func (r *run) kvsGet(call goja.FunctionCall) goja.Value {
	key := call.Argument(0).String()
	format := "string"
	if options, ok := call.Argument(1).(*goja.Object); ok && !isMissing(options.Get("format")) {
		format = options.Get("format").String()
	}
	value, ok := r.env.Store.Get(key)
	if !ok {
		r.throw("Error", "KeyNotFound: the key value store has no key %q", key)
	}
	switch format {
	case "string":
		return r.vm.ToValue(value)
	case "bytes":
		return r.newBuffer([]byte(value))
	case "json":
		if !json.Valid([]byte(value)) {
			r.throw("SyntaxError", "the value of %q is no JSON", key)
		}
		parse, _ := goja.AssertFunction(r.vm.Get("JSON").(*goja.Object).Get("parse"))
		parsed, err := parse(goja.Undefined(), r.vm.ToValue(value))
		must(err)
		return parsed
	}
	r.throw("TypeError", "the format %q is unknown; want \"string\", \"json\" or \"bytes\"", format)
	return nil
}
