package edgejs

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// bytesOf returns the bytes of a string in UTF-8, or of a buffer of any kind.
func bytesOf(v goja.Value) ([]byte, bool) {
	if s, ok := v.(goja.String); ok {
		return []byte(s.String()), true
	}
	if buffer, ok := as[goja.ArrayBuffer](v); ok {
		return buffer.Bytes(), true
	}
	object, ok := v.(*goja.Object)
	if !ok {
		return nil, false
	}
	buffer, ok := as[goja.ArrayBuffer](object.Get("buffer"))
	if !ok {
		return nil, false
	}
	offset, length := object.Get("byteOffset").ToInteger(), object.Get("byteLength").ToInteger()
	return buffer.Bytes()[offset:][:length], true
}

// arrayBuffer returns the bytes as an ArrayBuffer.
func (r *run) arrayBuffer(b []byte) goja.Value { return r.vm.ToValue(r.vm.NewArrayBuffer(b)) }

// newBuffer returns the bytes as a Buffer.
func (r *run) newBuffer(b []byte) goja.Value {
	from, _ := goja.AssertFunction(r.buffer().Get("Buffer").(*goja.Object).Get("from"))
	buffer, err := from(goja.Undefined(), r.arrayBuffer(b))
	must(err)
	return buffer
}

// encode is encode(buffer, encoding) of the scripts.
func (r *run) encode(call goja.FunctionCall) goja.Value {
	b, _ := bytesOf(call.Argument(0))
	s, _ := encodeTo(call.Argument(1).String(), b)
	return r.vm.ToValue(s)
}

// decode is decode(text, encoding) of the scripts.
func (r *run) decode(call goja.FunctionCall) goja.Value {
	s := call.Argument(0).String()
	var b []byte
	switch call.Argument(1).String() {
	case "hex":
		b = fromHex(s)
	case "base64":
		b = fromBase64(s, stdDigits)
	case "base64url":
		b = fromBase64(s, urlDigits)
	default:
		b = []byte(s)
	}
	return r.arrayBuffer(b)
}

// encodeTo writes bytes in one of the encodings that buffers and digests know.
func encodeTo(encoding string, b []byte) (string, bool) {
	switch encoding {
	case "hex":
		return hex.EncodeToString(b), true
	case "base64":
		return base64.StdEncoding.EncodeToString(b), true
	case "base64url":
		return base64.RawURLEncoding.EncodeToString(b), true
	case "utf8", "utf-8":
		return decodeUTF8(b), true
	}
	return "", false
}

// decodeUTF8 replaces what is not UTF-8 by U+FFFD, one for the longest beginning
// of a character each.
// (https://encoding.spec.whatwg.org/#utf-8-decoder)
func decodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	for len(b) > 0 {
		c, size := utf8.DecodeRune(b)
		if c == utf8.RuneError && size == 1 {
			size = max(1, begun(b))
		}
		s.WriteRune(c)
		b = b[size:]
	}
	return s.String()
}

// begun returns how many bytes at the beginning are that of a character that
// more bytes could complete.
func begun(b []byte) int {
	n := 0
	for n < min(len(b), utf8.UTFMax-1) && !utf8.FullRune(b[:n+1]) {
		n++
	}
	return n
}

// fromHex reads hexadecimal digits up to the first pair that is none.
func fromHex(s string) []byte {
	b := make([]byte, hex.DecodedLen(len(s)))
	n, _ := hex.Decode(b, []byte(s[:len(s)&^1]))
	return b[:n]
}

// fromBase64 reads the digits up to the first character that is none.
func fromBase64(s, alphabet string) []byte {
	n := strings.IndexFunc(s, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune(alphabet, c))
	})
	if n < 0 {
		n = len(s)
	}
	// A last digit by itself encodes no byte.
	if n%4 == 1 {
		n--
	}
	encoding := base64.RawStdEncoding
	if alphabet == urlDigits {
		encoding = base64.RawURLEncoding
	}
	b, _ := encoding.DecodeString(s[:n])
	return b
}

// The digits in which the two forms of base64 differ.
const (
	stdDigits = "+/"
	urlDigits = "-_"
)

// atob decodes base64 to a string of the characters up to U+00FF.
func (r *run) atob(call goja.FunctionCall) goja.Value {
	digits := strings.NewReplacer(" ", "", "\t", "", "\n", "", "\f", "", "\r", "").Replace(call.Argument(0).String())
	if len(digits)%4 == 0 {
		digits = strings.TrimSuffix(strings.TrimSuffix(digits, "="), "=")
	}
	b, err := base64.RawStdEncoding.DecodeString(digits)
	if err != nil {
		r.throw("TypeError", "the string to be decoded is not correctly encoded")
	}
	return r.vm.ToValue(latin1(b))
}

// btoa encodes a string of such characters.
func (r *run) btoa(call goja.FunctionCall) goja.Value {
	var b []byte
	for _, c := range call.Argument(0).String() {
		if c > 0xff {
			r.throw("TypeError", "invalid character (>= U+00FF)")
		}
		b = append(b, byte(c))
	}
	return r.vm.ToValue(base64.StdEncoding.EncodeToString(b))
}

// latin1 returns a string whose characters are the bytes.
func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// addByteStrings installs the methods of runtime 1.0.
func (r *run) addByteStrings() {
	r.script(bytesJS, natives{
		"decode": r.decode,
		"latin1": func(call goja.FunctionCall) goja.Value {
			b, _ := bytesOf(call.Argument(0))
			return r.vm.ToValue(latin1(b))
		},
		"fromUTF8": func(call goja.FunctionCall) goja.Value {
			b := make([]byte, 0, len(call.Argument(0).String()))
			for _, c := range call.Argument(0).String() {
				b = append(b, byte(c))
			}
			if !utf8.Valid(b) {
				return goja.Null()
			}
			return r.vm.ToValue(string(b))
		},
	})
}

// addText installs TextEncoder and TextDecoder.
func (r *run) addText() {
	r.script(textJS, natives{"decode": r.decode, "decodeUTF8": r.decodeUTF8})
}

// decodeUTF8 is decodeUTF8(rest, buffer, stream) of the script: the bytes that
// the last call left and those of the buffer. Of a stream, the beginning of a
// character is left to the next call.
func (r *run) decodeUTF8(call goja.FunctionCall) goja.Value {
	rest, _ := bytesOf(call.Argument(0))
	data, ok := bytesOf(call.Argument(1))
	if _, isText := call.Argument(1).(goja.String); !ok || isText {
		r.throw("TypeError", "The \"input\" argument must be an instance of TypedArray")
	}
	b := append(append([]byte(nil), rest...), data...)
	var left []byte
	if call.Argument(2).ToBoolean() {
		for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
			if tail := b[len(b)-n:]; begun(tail) == n && utf8.RuneStart(tail[0]) {
				b, left = b[:len(b)-n], tail
				break
			}
		}
	}
	decoded := r.vm.NewObject()
	must(decoded.Set("text", decodeUTF8(b)))
	must(decoded.Set("invalid", !utf8.Valid(b)))
	must(decoded.Set("rest", r.arrayBuffer(left)))
	return decoded
}

// unescape is querystring.unescape: a plus is a space, escapes that are none stay,
// and what is not UTF-8 is replaced.
func (r *run) unescape(call goja.FunctionCall) goja.Value {
	s := call.Argument(0).String()
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				b, i = append(b, c...), i+2
				continue
			}
		}
		if s[i] == '+' {
			b = append(b, ' ')
		} else {
			b = append(b, s[i])
		}
	}
	return r.vm.ToValue(decodeUTF8(b))
}
