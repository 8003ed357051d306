package nodejs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cfrouter/cfrouter/cfsim/internal/lambda"
	"golang.org/x/tools/txtar"
)

// TestHandlers runs handlers, each in a folder of its own.
func TestHandlers(t *testing.T) {
	needNode(t)
	for _, test := range []struct {
		name, files, handler, runtime string
		want                          string
	}{
		{name: "async", want: `{"got":{"n":1}}`, files: `
-- index.js --
exports.handler = async (event) => ({ got: event });
`},
		{name: "promise", want: `2`, files: `
-- index.js --
exports.handler = (event) => Promise.resolve(event.n + 1);
`},
		{name: "callback", want: `"called"`, runtime: "nodejs22.x", files: `
-- index.js --
exports.handler = (event, context, callback) => { setTimeout(callback, 1, null, 'called'); };
`},
		{name: "first callback", want: `1`, runtime: "nodejs22.x", files: `
-- index.js --
exports.handler = (event, context, callback) => { callback(null, 1); callback(null, 2); };
`},
		{name: "callback waits for what is left to do", want: `{"late":true}`, runtime: "nodejs20.x", files: `
-- index.js --
exports.handler = (event, context, callback) => {
  const result = {};
  setTimeout(() => { result.late = true; }, 20);
  callback(null, result);
};
`},
		{name: "callback that does not wait", want: `{}`, runtime: "nodejs20.x", files: `
-- index.js --
exports.handler = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  const result = {};
  setTimeout(() => { result.late = true; }, 20);
  callback(null, result);
};
`},
		{name: "context.succeed", want: `"old"`, runtime: "nodejs22.x", files: `
-- index.js --
exports.handler = (event, context) => context.succeed('old');
`},
		{name: "no promise, before 24", want: `null`, runtime: "nodejs22.x", files: `
-- index.js --
exports.handler = () => 'lost';
`},
		{name: "no promise, from 24 on", want: `"kept"`, runtime: "nodejs24.x", files: `
-- index.js --
exports.handler = () => 'kept';
`},
		{name: "undefined is null", want: `null`, files: `
-- index.js --
exports.handler = async () => {};
`},
		{name: "folders and objects in the name", handler: "src/app.v1.handler", want: `"deep"`, files: `
-- src/app.js --
exports.v1 = { handler: async () => require('./deep.js') };
-- src/deep.js --
module.exports = 'deep';
`},
		{name: "index.mjs", want: `"a module"`, files: `
-- index.mjs --
import { sep } from 'node:path';
export const handler = async () => sep && await word;
const word = Promise.resolve('a module');
`},
		{name: "index.cjs", want: `"common"`, files: `
-- index.cjs --
exports.handler = async () => 'common';
`},
		{name: "type module", want: `"by package.json"`, files: `
-- package.json --
{"type": "module"}
-- index.js --
export const handler = async () => 'by package.json';
`},
		{name: "js comes before mjs", want: `"js"`, files: `
-- index.js --
exports.handler = async () => 'js';
-- index.mjs --
export const handler = async () => 'mjs';
`},
		{name: "an outer package.json has no say", handler: "out/index.handler", want: `"common"`, files: `
-- package.json --
{"type": "module"}
-- task/out/index.js --
exports.handler = async () => require('./word').word;
-- task/out/word.js --
exports.word = 'common';
`},
		{name: "own modules", want: `"from node_modules"`, files: `
-- index.js --
exports.handler = async () => require('words');
-- node_modules/words/index.js --
module.exports = 'from node_modules';
`},
		{name: "context", runtime: "nodejs20.x", want: `["fn","$LATEST","128","/aws/lambda/fn","string",true,true,"AWS_Lambda_nodejs20.x","index.handler"]`, files: `
-- index.js --
exports.handler = async (event, c) => [
  c.functionName, c.functionVersion, c.memoryLimitInMB, c.logGroupName, typeof c.awsRequestId,
  c.invokedFunctionArn.endsWith(':function:fn'), c.getRemainingTimeInMillis() > 1000,
  process.env.AWS_EXECUTION_ENV, process.env._HANDLER,
];
`},
		{name: "working directory", want: `["index.js"]`, files: `
-- index.js --
exports.handler = async () => require('node:fs').readdirSync('.');
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, _ := run(t, test.files, test.handler, test.runtime)
			got, err := f.Invoke(t.Context(), []byte(`{"n": 1}`))
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

// TestErrors invokes each function twice, as one error must not spoil the next
// invocation.
func TestErrors(t *testing.T) {
	needNode(t)
	for _, test := range []struct {
		name, code, runtime string
		kind, message       string
	}{
		{name: "throw", kind: "RangeError", message: "too far", code: `exports.handler = async () => { throw new RangeError('too far'); };`},
		{name: "throw at once", kind: "Error", message: "sync", code: `exports.handler = () => { throw new Error('sync'); };`},
		{name: "text", kind: "string", message: "no error", code: `exports.handler = async () => { throw 'no error'; };`},
		{name: "callback", kind: "Error", message: "called", runtime: "nodejs22.x", code: `exports.handler = (e, c, callback) => callback(new Error('called'));`},
		{name: "context.fail", kind: "string", message: "handled", runtime: "nodejs22.x", code: `exports.handler = (e, context) => context.fail();`},
		{name: "never settled", kind: "Runtime.NodeJsExit", message: "never settled", code: `exports.handler = async () => new Promise(() => {});`},
		{name: "no JSON", kind: "Runtime.JSONStringifyError", message: "BigInt", code: `exports.handler = async () => 1n;`},
		{name: "nobody catches", kind: "Error", message: "elsewhere", code: `exports.handler = () => new Promise(() => setTimeout(() => { throw new Error('elsewhere'); }, 1));`},
		{name: "rejected and forgotten", kind: "Runtime.UnhandledPromiseRejection", message: "forgotten", code: `exports.handler = () => new Promise(() => { Promise.reject(new Error('forgotten')); setTimeout(() => {}, 1000); });`},
		{name: "exit", kind: "Runtime.ExitError", message: "exit status 3", code: `exports.handler = async () => process.exit(3);`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, log := run(t, "-- index.js --\n"+test.code, "", test.runtime)
			for range 2 {
				_, err := f.Invoke(t.Context(), []byte("{}"))
				var failed *lambda.FunctionError
				if !errors.As(err, &failed) || failed.Type != test.kind || !strings.Contains(failed.Message, test.message) {
					t.Fatalf("got %#v, want %s with %q", err, test.kind, test.message)
				}
			}
			f.Close()
			if test.name == "throw" && !strings.Contains(log.String(), "index.js:1:") {
				t.Errorf("the log does not say where the error is from:\n%s", log)
			}
		})
	}
}

func TestHandlersThatCannotBeLoaded(t *testing.T) {
	needNode(t)
	for _, test := range []struct {
		name, files, handler, runtime string
		want                          []string
	}{
		{name: "no file", files: "-- app.js --", want: []string{"Runtime.ImportModuleError", "there is no index.js, index.mjs or index.cjs in "}},
		{name: "no export", files: "-- index.js --\nexports.handle = 1;\nexports.x = 1;", want: []string{"Runtime.HandlerNotFound: index.handler is undefined or not exported; the module exports handle, x"}},
		{name: "no function", files: "-- index.js --\nexports.handler = 1;", want: []string{"Runtime.HandlerNotFound: index.handler is not a function"}},
		{name: "no name", files: "-- index.js --\n", handler: "index", want: []string{`Runtime.MalformedHandlerName: "index" is no handler: write file.function, such as index.handler`}},
		{name: "syntax", files: "-- index.js --\nexports.handler = async ( => 1;", want: []string{"Runtime.UserCodeSyntaxError: SyntaxError: "}},
		{name: "ES module in index.js", runtime: "nodejs22.x", files: "-- index.js --\nexport const handler = async () => 1;", want: []string{"Runtime.UserCodeSyntaxError: SyntaxError: "}},
		{name: "missing module", files: "-- index.js --\nrequire('leftpad');", want: []string{"Runtime.ImportModuleError", "'leftpad'"}},
		{name: "AWS SDK", files: "-- index.mjs --\nimport '@aws-sdk/client-s3';", want: []string{"Runtime.ImportModuleError", "npm install it into the folder of the code"}},
		{name: "throws", files: "-- index.js --\nthrow new TypeError('at the top');", want: []string{"TypeError: at the top"}},
		{name: "never loads", files: "-- index.mjs --\nawait new Promise(() => {});", want: []string{"Runtime.NodeJsExit"}},
		{name: "callback", runtime: "nodejs24.x", files: "-- index.js --\nexports.handler = (event, context, callback) => callback();", want: []string{"Runtime.CallbackHandlerDeprecated", "make it async and return the response"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, _ := run(t, test.files, test.handler, test.runtime)
			_, err := f.Invoke(t.Context(), []byte("{}"))
			for _, want := range test.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q", err, want)
				}
			}
		})
	}
}

func TestOutputComesAsItIs(t *testing.T) {
	needNode(t)
	f, log := run(t, "-- index.js --\nexports.handler = async () => { console.log('to stdout'); console.error('to stderr'); };", "", "")
	if _, err := f.Invoke(t.Context(), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if got := log.String(); !strings.Contains(got, "fn | to stdout\n") || !strings.Contains(got, "fn | to stderr\n") {
		t.Errorf("got %q", got)
	}
}

func TestOneProcessTakesManyInvocations(t *testing.T) {
	needNode(t)
	f, _ := run(t, "-- index.js --\nlet n = 0;\nexports.handler = async () => ++n;", "", "")
	for _, want := range []string{"1", "2", "3"} {
		if got, err := f.Invoke(t.Context(), []byte("{}")); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

// TestStreaming asks function URLs, since they are who understands what is
// streamed.
func TestStreaming(t *testing.T) {
	needNode(t)
	for _, test := range []struct {
		name, body string
		status     int
		want       string
		header     http.Header
	}{
		{
			name: "text", status: 200, want: "one, two", header: http.Header{"Content-Type": {"text/plain"}},
			body: `stream.setContentType('text/plain'); stream.write('one, '); stream.end('two');`,
		},
		{name: "bytes and objects", status: 200, want: `{"a":1}!`, body: `stream.write({ a: 1 }); stream.write(Buffer.from('!')); stream.end();`},
		{
			name: "metadata", status: 404, want: "body",
			header: http.Header{"X-From": {"node"}, "Set-Cookie": {"a=1"}, "Content-Type": {"text/html"}},
			body: `stream = awslambda.HttpResponseStream.from(stream, { statusCode: 404, headers: { 'x-from': 'node', 'content-type': 'text/html' }, cookies: ['a=1'] });
				stream.write('body'); stream.end();`,
		},
		{
			name: "metadata without a body", status: 204,
			body: `stream = awslambda.HttpResponseStream.from(stream, { statusCode: 204 }); stream.write(''); stream.end();`,
		},
		{
			name: "metadata that nothing sends", status: 502, want: "Internal Server Error",
			body: `awslambda.HttpResponseStream.from(stream, { statusCode: 204 }).end();`,
		},
		{
			name: "pipeline", status: 200, want: "012",
			body: `await require('node:stream/promises').pipeline(require('node:stream').Readable.from(['0', '1', '2']), stream);`,
		},
		{name: "ended later", status: 200, want: "later", body: `setTimeout(() => stream.end('later'), 5);`},
		{name: "nothing", status: 200, want: "", body: `stream.end();`},
		{name: "error before the first byte", status: 502, want: "Internal Server Error", body: `throw new Error('early');`},
		{name: "error midway", status: 200, want: "half", body: `stream.write('half'); await new Promise((r) => setTimeout(r, 5)); throw new Error('late'.repeat(9999));`},
		{name: "never ended", status: 502, want: "Internal Server Error", body: ``},
		{name: "type after the first byte", status: 200, want: "InvalidStreamingOperation", body: `stream.write(''); try { stream.setContentType('x/y'); } catch (e) { stream.end(e.name.slice(8)); }`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, log := run(t, "-- index.js --\nexports.handler = awslambda.streamifyResponse(async (event, stream, context) => {"+test.body+"});", "", "")
			server := httptest.NewServer(&lambda.URL{Function: f, Stream: true})
			defer server.Close()
			for range 2 {
				response, err := http.Get(server.URL)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || response.StatusCode != test.status || !strings.Contains(string(body), test.want) || test.want == "" && len(body) > 0 {
					t.Fatalf("got %d, %q, %v, want %d, %q\n%s", response.StatusCode, body, err, test.status, test.want, log)
				}
				for name, values := range test.header {
					if got := response.Header[name]; strings.Join(got, "|") != strings.Join(values, "|") {
						t.Errorf("%s is %q, want %q", name, got, values)
					}
				}
			}
		})
	}
}

func TestStreamsAreNotHeldBack(t *testing.T) {
	needNode(t)
	f, _ := run(t, `
-- index.js --
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('first');
  await fetch(event.gate);
  stream.end(', second');
});`, "", "")
	open := make(chan struct{})
	gate := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-open }))
	defer gate.Close()
	event, _ := json.Marshal(map[string]string{"gate": gate.URL})
	response, err := f.InvokeWithResponseStream(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, 5)
	if _, err := io.ReadFull(response.Body, first); err != nil || string(first) != "first" {
		t.Errorf("got %q, %v before the gate is open", first, err)
	}
	close(open)
	if rest, err := io.ReadAll(response.Body); err != nil || string(rest) != ", second" {
		t.Errorf("got %q, %v as the rest", rest, err)
	}
}

func TestAvailable(t *testing.T) {
	fake := func(t *testing.T, script string) {
		dir := t.TempDir()
		if script != "" {
			if err := os.WriteFile(filepath.Join(dir, "node"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("PATH", dir)
	}
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("the fakes are shell scripts")
	}
	for _, test := range []struct{ name, script, want string }{
		{"missing", "", `node, which is not there: exec: "node": executable file not found in $PATH; install Node.js 18 or newer (https://nodejs.org)`},
		{"too old", `echo '{"version":"16.20.2"}'`, "is Node.js 16.20.2, which is too old for Lambda functions: install Node.js 18 or newer"},
		{"another program", `echo hello`, `is no Node.js: asked for its version, it printed "hello\n"`},
		{"broken", `echo no libc >&2; exit 127`, "does not run: exit status 127\nno libc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fake(t, test.script)
			err := Available()
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "cfsim: ") {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if _, _, again := Command(t.TempDir(), "index.handler", ""); again == nil || again.Error() != err.Error() {
				t.Errorf("got %v from Command, want the same", again)
			}
		})
	}
	t.Run("new enough", func(t *testing.T) {
		fake(t, `echo '{"version":"18.0.0"}'`)
		if err := Available(); err != nil {
			t.Error(err)
		}
	})
}

func TestCommandErrors(t *testing.T) {
	needNode(t)
	for _, test := range []struct{ dir, runtime, want string }{
		{t.TempDir(), "python3.13", `the runtime "python3.13" is not run here`},
		{filepath.Join(t.TempDir(), "gone"), "nodejs22.x", "gone, which is no folder"},
	} {
		if _, _, err := Command(test.dir, "index.handler", test.runtime); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	needNode(t)
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	dir, remove, err := Inline("exports.handler = async () => 'inline';")
	if err != nil {
		t.Fatal(err)
	}
	command, clean, err := Command(dir, "index.handler", "nodejs22.x")
	if err != nil {
		t.Fatal(err)
	}
	f := lambda.New(lambda.Options{Name: "fn", Command: command, Timeout: time.Minute})
	if got, err := f.Invoke(t.Context(), []byte("{}")); err != nil || string(got) != `"inline"` {
		t.Errorf("got %s, %v", got, err)
	}
	if err := errors.Join(f.Close(), clean(), remove()); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// needNode skips a test where there is no node. Continuous integration has it,
// since the CDK needs it too.
func needNode(t *testing.T) {
	t.Helper()
	if err := Available(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// run returns a function whose code is a txtar archive. A folder task in it is the
// root of the function, if there is one.
func run(t *testing.T, files, handler, runtime string) (*lambda.Function, *logBuffer) {
	t.Helper()
	dir := t.TempDir()
	for _, file := range txtar.Parse([]byte(files)).Files {
		name := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, file.Data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "task")); err == nil {
		dir = filepath.Join(dir, "task")
	}
	if handler == "" {
		handler = "index.handler"
	}
	command, clean, err := Command(dir, handler, runtime)
	if err != nil {
		t.Fatal(err)
	}
	log := &logBuffer{}
	f := lambda.New(lambda.Options{Name: "fn", Command: command, Handler: handler, Timeout: time.Minute, Log: log})
	t.Cleanup(func() {
		if err := errors.Join(f.Close(), clean()); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("log:\n%s", log)
		}
	})
	return f, log
}

// A logBuffer is a log that can be read meanwhile.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
