package edgejs

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cfrouter/cfrouter/internal/edgetest"
)

// expressions have the same value in njs and here.
const expressions = `
// Buffers
Buffer.from('é').toString('hex')
Buffer.from('zz', 'hex').length
Buffer.from('abc', 'hex')
Buffer.from('YW I=', 'base64').toString()
Buffer.from('-_-_', 'base64url').toString('hex')
Buffer.from('YWJj').toString('base64')
[Buffer.from('YQ==YQ==', 'base64'), Buffer.from('YWJ', 'base64'), Buffer.from('YWI!', 'base64')]
Buffer.from('a', 'latin1')
Buffer.from(5)
Buffer.from({})
Buffer.from(null)
Buffer.from(new String('x')).toString()
Buffer.from({length: 2, 0: 1, 1: 300})
Buffer.from([1, -1, 300, 1.9, '3'])
Buffer.from({type: 'Buffer', data: [1, 2]})
Buffer.from(new Uint8Array([1, 2, 3]).buffer, 1, 1)
Buffer.from(new ArrayBuffer(2), 3)
Buffer('a')
new Buffer(2)
Buffer.alloc(5, 'ab').toString()
Buffer.alloc(3, 257)
Buffer.alloc(3, Buffer.from('xy')).toString()
Buffer.alloc(2, '')
Buffer.alloc(-1)
Buffer.alloc('a')
Buffer.alloc(2.5).length
Buffer.byteLength('é')
Buffer.byteLength('YWI=', 'base64')
Buffer.byteLength('abc', 'hex')
Buffer.byteLength(new Uint8Array(3))
Buffer.byteLength(3)
Buffer.compare(Buffer.from('a'), Buffer.from('b'))
Buffer.from('b').compare(Buffer.from('ab'))
Buffer.from('abc').compare(Buffer.from('xabc'), 1, 4)
Buffer.compare('a', 'b')
Buffer.concat([Buffer.from('ab'), new Uint8Array([1])])
Buffer.concat([Buffer.from('abc')], 2).toString()
Buffer.concat([Buffer.from('a')], 3)
Buffer.concat([]).length
Buffer.concat('a')
Buffer.concat([1])
[Buffer.isBuffer(new Uint8Array(1)), Buffer.isBuffer(Buffer.alloc(1)), Buffer.isBuffer(1)]
['utf8', 'utf-8', 'UTF8', 'hex', 'base64', 'base64url', 'latin1', undefined].map(function (e) { return Buffer.isEncoding(e) })
[Buffer.from('hello').slice(1, -1).toString(), Buffer.from('hello').subarray(-3).toString(), Buffer.from('abc').slice(2, 1).length]
(function () { var b = Buffer.from('hello'); b.slice(0, 2)[0] = 65; return b.toString() })()
['l', '', 'ell', 'x', 108].map(function (v) { return Buffer.from('hello').indexOf(v) })
[0, 1, 3, -1, -2, 9].map(function (at) { return Buffer.from('hello').indexOf('l', at) })
[0, 1, 2, 3, -1, -3, 9].map(function (at) { return Buffer.from('hello').lastIndexOf('l', at) })
Buffer.from('hello').indexOf('6c', 'hex')
[Buffer.from('hello').includes('ell'), Buffer.from('hello').includes('x'), Buffer.from('hello').includes(Buffer.from('lo'))]
Buffer.from('a').indexOf({})
Buffer.from('ab').toJSON()
JSON.stringify(Buffer.from('ab'))
Buffer.from([0xff, 0x61, 0xe2, 0x82, 0x61, 0xf0, 0x9f, 0xe2, 0x82, 0xac]).toString()
[Buffer.from('hello').toString('utf8', 1, 3), Buffer.from('hello').toString(undefined, 1), Buffer.from('hello').toString('base64url')]
Buffer.from('a').toString('x')
(function () { var b = Buffer.alloc(4); return [b.write('abc'), b.toString(), b.write('zz', 2), b.toString(), b.write('ff', 'hex'), b[0], b.write('abc', 1, 1), b[1]] })()
Buffer.alloc(4).write('abc', 5)
Buffer.alloc(4).write(5)
[Buffer.alloc(4).fill('ab').toString(), Buffer.alloc(4, 9).fill(0, 1, 2), Buffer.alloc(4).fill('6162', 'hex').toString(), Buffer.alloc(4).fill('x', 1, 3, 'utf8')]
(function () { var b = Buffer.from([1, 2, 3, 4, 5, 6, 7, 248]); return [b.readUInt16BE(0), b.readInt32LE(1), b.readUIntBE(0, 6), b.readIntLE(2, 3), b.readIntBE(6, 2), b.readDoubleLE(0), b.readFloatBE(), b.readInt8(7), b.readUInt8(7), b.readIntLE(2, 6), b.readIntBE(7, 1)] })()
Buffer.alloc(2).readInt8(2)
Buffer.alloc(2).readInt16LE(1)
Buffer.alloc(8).readUIntBE(0, 7)
(function () { var b = Buffer.alloc(8); return [b.writeUInt8(300, 0), b[0], b.writeInt16BE(-2, 0), b.toString('hex'), b.writeUIntLE(0x010203, 0, 3), b.toString('hex'), b.writeIntBE(-3, 1, 5), b.toString('hex'), b.writeDoubleBE(1.5), b.toString('hex'), b.writeFloatLE(0.5, 2), b.toString('hex')] })()
Buffer.alloc(3).swap16()
[Buffer.from([1, 2, 3, 4]).swap16(), Buffer.from([1, 2, 3, 4]).swap32(), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).swap64()]
[Buffer.from('abc').equals(Buffer.from('abc')), Buffer.from('a').equals(new Uint8Array([97])), Buffer.from('a').equals(Buffer.from('b'))]
Buffer.from('a').equals('a')
(function () { var t = Buffer.alloc(3); return [Buffer.from('hello').copy(t, 1, 2), t.toString('hex')] })()
[typeof require('buffer').Buffer.from, require('buffer').kMaxLength, require('buffer').constants]
[Buffer.from('a') instanceof Uint8Array, Buffer.name, Buffer.from('a').constructor === Buffer, Object.prototype.toString.call(Buffer.from('a'))]
[Buffer.isBuffer(Buffer.from('a').map(function (x) { return x + 1 })), Buffer.from('abc').filter(function (x) { return x > 97 }).length]

// The querystring module
[qs.parse(''), qs.parse('a'), qs.parse('a='), qs.parse('=a'), qs.parse('&&a=1&'), qs.parse('a=b=c'), qs.parse('a+b=c+d')]
qs.parse('a=%C3%A9&b=%FF&c=%zz&d=%&e=%E2%82')
[qs.parse('a:1;b:2', ';', ':'), qs.parse('a==1&&b==2', '&&', '==')]
[qs.parse('a=1&b=2&c=3', null, null, {maxKeys: 2}), qs.parse('a=1&b=2', null, null, {maxKeys: 0}), qs.parse('a=1&b=2', null, null, {maxKeys: -1})]
qs.parse('a=1', null, null, {decodeURIComponent: function (s) { return s + '!' }})
[qs.parse(undefined), qs.parse(5), qs.parse(null), qs.parse({})]
qs.parse('constructor=2&a=1&a=2&a=3')
qs.parse('a=1', null, null, {decodeURIComponent: 5})
qs.parse('a+b=c+d%20', null, null, {decodeURIComponent: function (s) { return '<' + s + '>' }})
qs.stringify({a: 1})
[{b: [1, 'x']}, {c: true}, {d: null}, {e: undefined}, {f: {}}, {g: NaN}, {h: ''}, {i: []}, {j: 'é &=+'}, {k: Infinity}, {'a b': 1}, {a: [1, [2]]}, {a: -0}, {b: 1e21}].map(function (o) { return qs.stringify(o) })
[qs.stringify({a: 1}, ';', ':'), qs.stringify('abc'), qs.stringify(null), qs.stringify([1, 2])]
qs.stringify({a: 'x y'}, null, null, {encodeURIComponent: function (s) { return '<' + s + '>' }})
[qs.escape("a b&é!*()~-._'%"), qs.escape(5), qs.escape({}), qs.escape(undefined)]
[qs.unescape('a%20b+c%zz%C3%A9'), qs.unescape(5), qs.unescape('%FF%41')]

// The crypto module
['md5', 'sha1', 'sha256'].map(function (a) { return crypto.createHash(a).update('a').update('é').digest('hex') })
['md5', 'sha1', 'sha256'].map(function (a) { return crypto.createHmac(a, 'key').update('a').digest('base64url') })
crypto.createHash('md5').update('a').digest('base64')
crypto.createHash('md5').update(new Uint8Array([1])).digest()
crypto.createHash('md5').update(Buffer.from('ff', 'hex')).digest('hex')
crypto.createHash('md5').update('ff', 'hex').digest('hex')
crypto.createHmac('sha256', Buffer.from('k')).update('a').digest('hex')
crypto.createHash('sha512')
crypto.createHash('md5').update('a').digest('x')
(function () { var h = crypto.createHash('md5'); h.digest(); h.digest() })()
(function () { var h = crypto.createHash('md5'); h.digest(); h.update('x') })()
crypto.createHash('md5').update({})
crypto.createHash('md5').update(1)
crypto.createHmac('md5')
(function () { try { require('nope') } catch (e) { return [e.name, e.message] } })()

// Encodings
[atob('YQ=='), atob('6Q=='), btoa('é'), btoa('')]
btoa('€')
atob('Y')
new TextDecoder().decode(new Uint8Array([255, 97, 226, 130, 172]))
new TextDecoder('utf-8', {fatal: true}).decode(new Uint8Array([255]))
new TextDecoder('latin1')
new TextDecoder().decode('a')
(function () { var d = new TextDecoder(); return [d.encoding, d.fatal, d.ignoreBOM, d.decode(new Uint8Array([226, 130]), {stream: true}), d.decode(new Uint8Array([172]))] })()
Buffer.from(new TextEncoder().encode('aé')).toString('hex')
new TextEncoder().encodeInto('aé', new Uint8Array(2))
new TextEncoder().encodeInto('aé', 5)

// Dates
[new Date(1e12).toString(), new Date(1e12).toDateString(), new Date(1e12).toTimeString(), new Date(1e12).toLocaleString(), new Date(1e12).toLocaleDateString(), new Date(1e12).toLocaleTimeString()]
[new Date(1e12).toUTCString(), new Date(1e12).toISOString(), new Date(1e12).toJSON(), String(new Date(NaN))]
[new Date(2020, 0, 1).getTime(), new Date(99, 11).getTime(), new Date(2020, 1, 30, 25, 61, 61, 1001).getTime(), Date.UTC(2020, 1)]
[new Date('2020-01-01T00:00').getTime(), Date.parse('2020-01-01T00:00')]
[new Date('2020-01-01').getTime(), Date.parse('2020-01-01')]
[new Date('2020').getTime(), Date.parse('2020')]
[new Date('2020-01').getTime(), Date.parse('2020-01')]
[new Date('2020-01-01T00:00:00.5Z').getTime(), Date.parse('2020-01-01T00:00:00.5Z')]
[new Date('2020-01-01T00:00:00+02:00').getTime(), Date.parse('2020-01-01T00:00:00+02:00')]
[new Date('Jan 1 2020').getTime(), Date.parse('Jan 1 2020')]
[new Date('nonsense').getTime(), Date.parse('nonsense')]
[new Date('').getTime(), Date.parse('')]
[new Date('Wed, 01 Jan 2020 00:00:00 GMT').getTime(), Date.parse('Wed, 01 Jan 2020 00:00:00 GMT')]
[new Date('Wed, 1 Jan 2020 00:00:00 GMT').getTime(), Date.parse('Wed, 1 Jan 2020 00:00:00 GMT')]
[new Date('Wed Jan 01 2020 00:00:00 GMT+0000').getTime(), Date.parse('Wed Jan 01 2020 00:00:00 GMT+0000')]
[new Date('Wed Jan 01 2020 00:00:00 GMT+0100').getTime(), Date.parse('Wed Jan 01 2020 00:00:00 GMT+0100')]
[new Date('Wed Jan 01 2020 00:00:00').getTime(), Date.parse('Wed Jan 01 2020 00:00:00')]
[new Date('Wed Jan 01 2020').getTime(), Date.parse('Wed Jan 01 2020')]
[new Date('Fri, 01 Jan 2020 00:00:00 GMT').getTime(), Date.parse('Fri, 01 Jan 2020 00:00:00 GMT')]
[new Date('2020-1-1').getTime(), Date.parse('2020-1-1')]
[new Date('2020-13-01').getTime(), Date.parse('2020-13-01')]
[new Date('2020/01/01').getTime(), Date.parse('2020/01/01')]
[new Date('2020-02-31').getTime(), Date.parse('2020-02-31')]
[new Date(' 2020-01-01').getTime(), Date.parse(' 2020-01-01')]
[new Date('2020-01-01T00:00:00.123456789Z').getTime(), Date.parse('2020-01-01T00:00:00.123456789Z')]
[new Date('+002020-01-01').getTime(), Date.parse('+002020-01-01')]
[new Date('2020-01-01T24:00').getTime(), Date.parse('2020-01-01T24:00')]
[new Date('2020-01-01T00:00:00').getTime(), Date.parse('2020-01-01T00:00:00')]
[new Date('2020-01-01T00Z').getTime(), Date.parse('2020-01-01T00Z')]
[new Date('2020-01-01 00:00').getTime(), Date.parse('2020-01-01 00:00')]
[new Date('2020-01T00:00Z').getTime(), Date.parse('2020-01T00:00Z')]
[new Date('2020T00:00Z').getTime(), Date.parse('2020T00:00Z')]
[new Date('1 Jan 2020').getTime(), Date.parse('1 Jan 2020')]
[new Date('Wed, 01 Jan 2020').getTime(), Date.parse('Wed, 01 Jan 2020')]
[new Date('Wed, 01 Jan 2020 00:00').getTime(), Date.parse('Wed, 01 Jan 2020 00:00')]
[new Date('2020-01-01T00:00:60Z').getTime(), Date.parse('2020-01-01T00:00:60Z')]
[new Date('2020-01-01t00:00z').getTime(), Date.parse('2020-01-01t00:00z')]
new Date(NaN).toISOString()
(function () { var d = new Date(1e12); return [d.getFullYear(), d.getMonth(), d.getDate(), d.getDay(), d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds(), d.getTimezoneOffset(), d.setHours(0, 0, 0, 0), d.setFullYear(2000), d.setDate(31), d.setMonth(1)] })()
[new Date(5) instanceof Date, new Date(5).constructor === Date, typeof Date(), Date.length, new Date(new Date(5)).getTime(), new Date(true).getTime()]

// What the language says
[3, 1, 2].sort()
[1, 10, 9].sort()
['b', undefined, 'a'].sort()
['a-b-c'.replace(/-/g, '$&$&'), 'abc'.replace('b', function (m, i, s) { return m + i + s }), 'x'.search(/y/), 'aXbX'.split('X', 1)]
'a.b.c'.replaceAll
['abc'.split(/(b)/), 'x'.padStart(5, 'ab'), 'x'.padEnd(3), ' x '.trim(), 'abc'.substr(-2, 1), 'abc'.at, 'a'.localeCompare, 'a'.normalize]
[[1, [2]].flat, [1].at, [1].findLast, Object.fromEntries, Object.hasOwn, Array.from, String.raw, typeof Map, typeof Set, typeof Proxy, typeof Reflect, typeof WeakMap, typeof BigInt, typeof escape, typeof unescape]
[typeof Symbol, typeof Promise, typeof DataView, typeof TextEncoder, typeof URL, typeof Intl, typeof WeakRef, typeof structuredClone]
[typeof InternalError, typeof MemoryError, typeof AggregateError, new InternalError('x') instanceof Error, String(new InternalError('x')), InternalError.name]
decodeURIComponent('%')
[encodeURI('/a b?é#'), encodeURIComponent('/a b?é#'), decodeURI('%2F%20'), decodeURIComponent('%2F%20')]
[parseInt('0x1f'), parseInt('08'), Number(''), 0b11, 0o17, (1e3).toFixed(2), (25).toString(36), (0.1).toString(2), 1e21 + '', 0.1 + 0.2, -0 + '']
[/a.c/.test('a\nc'), /^b/m.test('a\nb'), /é/i.test('É'), /(?<!a)b/.test('cb'), /(?=b)b/.test('b'), /(a)\1/.test('aa'), /\u0061/.test('a')]
(function () { var r = /a/g; return [r.test('aa'), r.lastIndex, r.test('aa'), r.test('aa'), r.lastIndex, 'aa'.match(/a/g), r.flags, r.source] })()
/(?<y>\d{4})/.exec('in 2020').groups.y
JSON.parse('[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]').length
JSON.parse('[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]').length
(function () { var a = []; for (var i = 0; i < 30; i++) a = [a]; return JSON.stringify(a).length })()
(function () { var a = []; for (var i = 0; i < 31; i++) a = [a]; return JSON.stringify(a).length })()
(function () { var a = []; for (var i = 0; i < 32; i++) a = [a]; return JSON.stringify(a).length })()
(function () { var a = {}; a.a = a; JSON.stringify(a) })()
JSON.stringify({a: [1, {b: 2}], c: undefined, d: function () {}, e: NaN, f: 'é\n'}, function (k, v) { return k === 'b' ? 'B' : v }, 1)
JSON.stringify({a: 1, b: {a: 2, c: 3}}, ['a', 'b'])
[JSON.stringify(undefined), JSON.stringify(null), JSON.stringify('x'), JSON.stringify([undefined])]
JSON.parse('{"a":1,}')
(function () { try { eval('1') } catch (e) { return e instanceof Error } })()
undefinedVariable
null.x
({}).x.y
(function () { 'use strict'; return typeof this })()
[1, 2, 3].includes(2) && [1, 2, 3].find(function (x) { return x > 1 })
Object.entries({a: 1, b: 2}).concat(Object.values({c: 3}))
Object.getOwnPropertyNames(Array.prototype).sort()
Object.getOwnPropertyNames(Math).sort().length > 40
[Array.isArray(new Array(3)), new Array(3).length, Array(1, 2).length, [] instanceof Array, [].constructor === Array, Array.of(1).length]
[new Uint8Array(2).length, new Uint8Array([1, 2]) instanceof Uint8Array, Uint8Array.BYTES_PER_ELEMENT, Object.prototype.toString.call(new Uint8Array(1)), new Uint16Array(new ArrayBuffer(4), 2).length]
new Array(-1)
`

// knownDifferences are where AWS, or a later njs, is followed.
var knownDifferences = map[string]bool{
	"[new Date('2020-01-01T00:00:00+02:00').getTime(), Date.parse('2020-01-01T00:00:00+02:00')]": true,
}

// TestBuiltins compares the values of the expressions with those in njs.
func TestBuiltins(t *testing.T) {
	engine := njs(t)
	var list []string
	for line := range strings.Lines(expressions) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			list = append(list, line)
		}
	}
	// Each is a case of a switch, and the uri says which one is wanted.
	var code strings.Builder
	code.WriteString("var qs = require('querystring'), crypto = require('crypto');\n")
	code.WriteString("function handler(event) {\n  switch (event.request.uri) {\n")
	events := make([]edgetest.Event, len(list))
	for i, expression := range list {
		fmt.Fprintf(&code, "  case '/%d': return {value: %s};\n", i, expression)
		events[i] = edgetest.NewEvent(edgetest.Request{URL: fmt.Sprintf("/%d", i)})
	}
	code.WriteString("  }\n}\n")
	want, err := engine.Run(edgetest.Function{Code: code.String()}, events)
	if err != nil {
		t.Fatal(err)
	}
	f := compile(t, code.String())
	for i, expression := range list {
		event := requestEvent()
		event.Request.URI = fmt.Sprintf("/%d", i)
		got, failed := returned(f, event)
		if difference := differs(got, failed, want[i]); difference != "" && !knownDifferences[expression] {
			t.Errorf("%s: %s", expression, difference)
		}
	}
}

// differs compares a result with that of njs. Of errors, their names have to be
// the same.
func differs(got json.RawMessage, failed *Error, want edgetest.Result) string {
	switch {
	case failed != nil && want.Err != nil:
		message := failed.Message
		if failed.Line > 0 {
			_, message, _ = strings.Cut(message, ": ")
		}
		if errorName(message) != errorName(want.Err.Error()) {
			return fmt.Sprintf("fails with %q, njs with %q", message, want.Err)
		}
		return ""
	case failed != nil:
		return fmt.Sprintf("fails with %q, njs returns %s", failed.Message, want.Value)
	case want.Err != nil:
		return fmt.Sprintf("is %s, njs fails with %q", got, want.Err)
	case !sameJSON(got, want.Value):
		return fmt.Sprintf("is %s, njs returns %s", got, want.Value)
	}
	return ""
}

func errorName(message string) string {
	name, _, _ := strings.Cut(message, ":")
	return strings.TrimSpace(name)
}

// sameJSON compares two texts without regard to the order of properties.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
