package edgefn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dop251/goja/parser"

	"github.com/cfrouter/cfrouter/edgefn"
)

// The tests here hold Check to the njs command: what njs refuses must be a
// problem, and what it takes must be none, but for the two lists below.

// takenAnyway are parts of what njs says about code that Check lets through.
var takenAnyway = map[string]string{
	`Unexpected token "**"`:  "AWS lists ** as supported; it is in the head of a for statement only that njs stumbles over it",
	`unknown property after`: `\p with the name of a property is Perl's language, which is not looked into`,
}

// refusedAnyway are problems that Check finds in code that njs 0.7.9 takes.
var refusedAnyway = map[string]string{
	"await in an argument":            "later versions, and CloudFront, refuse what slips through here",
	"word \"await\"":                  "reserved in strict code, and njs can declare such a variable but not use it",
	"word \"yield\"":                  "reserved in strict code",
	"await outside of":                "await as a name",
	"arguments outside of":            "arguments as a parameter of an arrow function, which strict code may not have",
	"octal escape":                    "not in strict code, and njs refuses them in most places",
	"something that is no number":     "0x without digits, and a number with a name right behind it, are no JavaScript",
	"delete of a variable":            "delete eval, which strict code may not do",
	"a label in front of nothing":     "njs ends with a memory error if nothing follows it",
	"which throws":                    "known to fail once it is run",
	"which the runtime does not have": "njs has other modules",
}

// njs returns the path of the command. Continuous integration must have it.
func njs(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("njs")
	if err != nil {
		message := "not held to njs: " + err.Error() + "; install it with: apt-get install njs"
		if os.Getenv("CI") != "" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
	return path
}

// refusal is what njs says of code that it does not take, "" if it takes it. The
// code is compiled and not run: it throws before its first statement.
func refusal(t testing.TB, path, modules, code string) string {
	t.Helper()
	const mark = "not run"
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-p", modules, "-")
	cmd.Stdin = strings.NewReader("throw '" + mark + "';\n" + code)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("njs does not end with\n%s", code)
	}
	said := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(out.String()), "Thrown:"))
	switch {
	case said == mark:
		return ""
	case said == "":
		return fmt.Sprintf("nothing: %v", err)
	}
	_, message, _ := strings.Cut(said, ": ")
	return message
}

// refusals is what njs says of each of many programs, in one process: they are
// the bodies of functions.
func refusals(t testing.TB, path string, bodies []string) []string {
	t.Helper()
	if len(bodies) == 0 {
		return nil
	}
	literal, err := json.Marshal(bodies)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(string(literal))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-")
	cmd.Stdin = strings.NewReader(fmt.Sprintf(`JSON.parse(%s).forEach(function (body) {
		var said = '';
		try { new Function(body); } catch (e) { said = String(e); }
		console.log(JSON.stringify(said));
	})`, text))
	out, err := cmd.CombinedOutput()
	var said []string
	for line := range strings.Lines(string(out)) {
		var s string
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("njs: %v\n%s", err, line)
		}
		_, message, _ := strings.Cut(s, ": ")
		said = append(said, message)
	}
	switch {
	case len(said) == len(bodies):
		return said
	case err == nil:
		t.Fatalf("njs answers for %d of %d programs", len(said), len(bodies))
	}
	// It broke down at the first one without an answer.
	said = append(said, fmt.Sprintf("nothing: %v", err))
	return append(said, refusals(t, path, bodies[len(said):])...)
}

// inFront is code in front of a program, so that the program ends where the code
// does.
const inFront = "function handler() {}\n"

// holdToNjs compares Check with njs on programs, and returns how many of them
// njs takes.
func holdToNjs(t *testing.T, programs []string) (taken int) {
	t.Helper()
	path, modules := njs(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(modules, "cloudfront"), []byte("export default {}"), 0o600); err != nil {
		t.Fatal(err)
	}
	said := make([]string, len(programs))
	next := make(chan int)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				said[i] = refusal(t, path, modules, inFront+programs[i])
			}
		})
	}
	for i := range programs {
		next <- i
	}
	close(next)
	wait.Wait()
	return compareWithNjs(t, programs, said)
}

// holdBodiesToNjs is holdToNjs for programs that stand in a function, which takes
// a fraction of the time.
func holdBodiesToNjs(t *testing.T, bodies []string) (taken int) {
	t.Helper()
	said := refusals(t, njs(t), bodies)
	programs := make([]string, len(bodies))
	for i, body := range bodies {
		programs[i] = "(function(){" + body + "})" // what njs makes of it
	}
	return compareWithNjs(t, programs, said)
}

func compareWithNjs(t *testing.T, programs, said []string) (taken int) {
	t.Helper()
	for i, program := range programs {
		if said[i] == "" {
			taken++
		}
		if problem := disagreement(inFront+program, said[i]); problem != "" {
			t.Errorf("%s\n%s", problem, program)
		}
	}
	return taken
}

func disagreement(code, said string) string {
	problems := edgefn.Check(code, edgefn.Runtime2)
	switch {
	case said != "" && problems == nil && !excused(takenAnyway, said) && !perl.MatchString(code):
		return fmt.Sprintf("Check finds no problem, njs says: %s", said)
	case said == "" && problems != nil && !excused(refusedAnyway, problems[0].Found) && isJavaScript(code):
		return fmt.Sprintf("njs takes it, Check says: %v", problems)
	}
	return ""
}

// perl matches what regular expressions have in Perl and not in JavaScript, which
// Check does not look into.
var perl = regexp.MustCompile(`\\[Qgo]|\\k[{']|\\N\{U|\(\?[^:=!<]|\(\*[A-Z]`)

func excused(list map[string]string, text string) bool {
	for part := range list {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// callOfLet matches what is a call in sloppy code.
var callOfLet = regexp.MustCompile(`\blet\s*\(`)

// isJavaScript reports whether another parser takes the code: njs overlooks some
// of what is wrong with code. Where that parser breaks down, the answer is yes.
func isJavaScript(code string) (taken bool) {
	if callOfLet.MatchString(code) {
		return false
	}
	defer func() { taken = taken || recover() != nil }()
	_, err := parser.ParseFile(nil, "", code, parser.IgnoreRegExpErrors, parser.WithDisableSourceMaps)
	return err == nil
}

// The corpus has one program a line, with ⏎ for the end of one. What a line may
// not hold is in the list below.
func corpus(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/check/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no corpus", err)
	}
	var programs []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			programs = append(programs, strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "⏎", "\n"))
		}
	}
	return append(programs,
		"\"a\\\r\nb\"", "\"a\\\rb\"", "\"a\rb\"", "\"a\u2028b\"", "\"tab\tx\"", "a\tb", "a\t+\tb", "a\u00a0+ b", "a\u2028b", "a\u2028+ b",
		"a\ufeff+ b", "\ufeffa", "a\u3000+\u3000b", "a\u200b+ b", "a\x00", "\x00", "\"\x00\"", "a\rb", "a\r\nb", "// a\rb", "`\r\n`", "\"\xff\"", "\xff", "",
	)
}

// words are in all the places where a word may stand.
func words() []string {
	places := []string{
		"var W", "let W", "W = 1", "x.W", "({W: 1})", "({W})", "({W, a})", "({W() {}})", "({get W() {}})", "({async W() {}})",
		"function W() {}", "(function W() {})", "function f(W) {}", "W => 1", "(W) => 1", "(a, W) => 1", "async W => 1", "W()", "new W",
		"W: for (;;) { break W }", "try {} catch (W) {}", "for (W in a) {}", "for (var W in a) {}",
	}
	var programs []string
	for _, w := range strings.Fields(`arguments as async await break case catch class const continue debugger default delete do else
		enum eval export extends false finally for from function get if implements import in instanceof interface let meta new null of
		package private protected public return set static super switch target this throw true try typeof undefined var void while with
		yield NaN`) {
		for _, place := range places {
			programs = append(programs, strings.ReplaceAll(place, "W", w))
		}
	}
	return programs
}

// escapes are all escapes of regular expressions and strings.
func escapes() []string {
	var programs []string
	for c := ' '; c <= '~'; c++ {
		for _, form := range []string{`/\%c/`, `/[\%c]/`, `/[a-\%c]/`, `/[\%c-z]/`, `/\%c*/`, `/(?<=\%c)/`, `'\%c '`, "`\\%c `"} {
			programs = append(programs, fmt.Sprintf(form, c))
		}
	}
	return programs
}

func TestCheckAgainstNjs(t *testing.T) {
	programs := corpus(t)
	t.Logf("njs takes %d of %d programs", holdToNjs(t, programs), len(programs))
}

func TestCheckAgainstNjsWords(t *testing.T) {
	holdBodiesToNjs(t, slices.Concat(words(), escapes()))
}

// Of generated programs many stand in functions, and a few by themselves.
const (
	generatedBodies   = 1500
	generatedPrograms = 150
)

func TestCheckAgainstNjsGenerated(t *testing.T) {
	t.Run("bodies", func(t *testing.T) { testGenerated(t, generatedBodies, holdBodiesToNjs) })
	t.Run("programs", func(t *testing.T) { testGenerated(t, generatedPrograms, holdToNjs) })
}

func testGenerated(t *testing.T, n int, hold func(*testing.T, []string) int) {
	var sound, other []string
	for seed := range uint64(n) {
		g := newGenerator(seed)
		program := g.program()
		if g.sound {
			sound = append(sound, program)
			program = g.mutated(program)
		}
		other = append(other, program)
	}
	if taken := hold(t, sound); taken < len(sound)*8/10 {
		t.Errorf("njs takes %d of %d sound programs, too few to show that Check takes what njs takes", taken, len(sound))
	}
	hold(t, other)
}
