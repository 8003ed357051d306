package edgejs

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"hash"

	"github.com/dop251/goja"
)

// algorithms are those that AWS lists.
var algorithms = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New}

// cryptoModule returns the crypto module: hashes and HMACs of md5, sha1 and
// sha256.
func (r *run) cryptoModule() goja.Value {
	module := r.vm.NewObject()
	must(module.Set("createHash", func(call goja.FunctionCall) goja.Value {
		return r.hashObject(r.algorithm(call)())
	}))
	must(module.Set("createHmac", func(call goja.FunctionCall) goja.Value {
		algorithm := r.algorithm(call)
		key, ok := bytesOf(call.Argument(1))
		if !ok {
			r.throw("TypeError", "key argument %q is not a string or Buffer-like object", typeOf(call.Argument(1)))
		}
		return r.hashObject(hmac.New(algorithm, key))
	}))
	return module
}

func (r *run) algorithm(call goja.FunctionCall) func() hash.Hash {
	name := call.Argument(0).String()
	algorithm := algorithms[name]
	if algorithm == nil {
		r.throw("TypeError", "not supported algorithm: %q", name)
	}
	return algorithm
}

// hashObject returns an object with the methods update and digest.
func (r *run) hashObject(h hash.Hash) goja.Value {
	object := r.vm.NewObject()
	done := func() {
		if h == nil {
			r.throw("Error", "Digest already called")
		}
	}
	must(object.Set("update", func(call goja.FunctionCall) goja.Value {
		done()
		data, ok := r.hashed(call)
		if !ok {
			r.throw("TypeError", "data argument %q is not a string or Buffer-like object", typeOf(call.Argument(0)))
		}
		h.Write(data)
		return object
	}))
	must(object.Set("digest", func(call goja.FunctionCall) goja.Value {
		done()
		encoding := call.Argument(0)
		sum := h.Sum(nil)
		if goja.IsUndefined(encoding) {
			h = nil
			return r.digest(sum)
		}
		s, ok := encodeTo(encoding.String(), sum)
		if !ok || encoding.String() == "utf8" || encoding.String() == "utf-8" {
			r.throw("TypeError", "Unknown digest encoding: %q", encoding.String())
		}
		h = nil
		return r.vm.ToValue(s)
	}))
	return object
}

// hashed returns the data of a call of update(data, encoding).
func (r *run) hashed(call goja.FunctionCall) ([]byte, bool) {
	if _, isText := call.Argument(0).(goja.String); isText && !goja.IsUndefined(call.Argument(1)) {
		switch encoding := call.Argument(1).String(); encoding {
		case "utf8", "utf-8", "hex", "base64", "base64url":
			return bytesOf(r.decode(call))
		default:
			r.throw("TypeError", "%q encoding is not supported", encoding)
		}
	}
	return bytesOf(call.Argument(0))
}

// digest is a digest without an encoding.
func (r *run) digest(sum []byte) goja.Value {
	if r.f.version == v1 {
		return r.vm.ToValue(latin1(sum))
	}
	return r.newBuffer(sum)
}

// typeOf is the typeof operator.
func typeOf(v goja.Value) string {
	switch v := v.(type) {
	case *goja.Object:
		if _, ok := goja.AssertFunction(v); ok {
			return "function"
		}
		return "object"
	case goja.String:
		return "string"
	case *goja.Symbol:
		return "symbol"
	}
	switch {
	case goja.IsUndefined(v):
		return "undefined"
	case goja.IsNull(v):
		return "null"
	case goja.IsNumber(v):
		return "number"
	}
	return "boolean"
}
