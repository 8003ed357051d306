package edgejs

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// localMethods are the methods of dates that have to do with local time.
var localMethods = []string{
	"getDate", "getDay", "getFullYear", "getHours", "getMilliseconds", "getMinutes", "getMonth", "getSeconds",
	"setDate", "setFullYear", "setHours", "setMilliseconds", "setMinutes", "setMonth", "setSeconds",
}

// dateTexts are the methods that write dates, and how they do.
var dateTexts = map[string]string{
	"toString": dayLayout + " " + timeLayout, "toDateString": dayLayout, "toTimeString": timeLayout,
	"toLocaleString": dayLayout + " " + timeLayout, "toLocaleDateString": dayLayout, "toLocaleTimeString": timeLayout,
}

const (
	dayLayout  = "Mon Jan 02 2006"
	timeLayout = "15:04:05 GMT-0700"
)

// addDate puts Date into CloudFront's time zone, see js/date.js.
func (r *run) addDate(w words) {
	mentions := func(name string) bool { return w.members[name] || w.has(reflective...) }
	local := slices.DeleteFunc(slices.Clone(localMethods), func(name string) bool { return !mentions(name) })
	texts := []string{"toString"} // which is also called without a word of it
	for name := range dateTexts {
		if name != "toString" && mentions(name) {
			texts = append(texts, name)
		}
	}
	r.script(dateJS, natives{
		"local":    func(goja.FunctionCall) goja.Value { return r.vm.ToValue(local) },
		"texts":    func(goja.FunctionCall) goja.Value { return r.vm.ToValue(texts) },
		"mentions": func(call goja.FunctionCall) goja.Value { return r.vm.ToValue(mentions(call.Argument(0).String())) },
		"format": func(call goja.FunctionCall) goja.Value {
			at := call.Argument(0).ToFloat()
			if math.IsNaN(at) {
				return r.vm.ToValue("Invalid Date")
			}
			return r.vm.ToValue(time.UnixMilli(int64(at)).UTC().Format(dateTexts[call.Argument(1).String()]))
		},
		"parse": func(call goja.FunctionCall) goja.Value {
			if at, ok := parseDate(call.Argument(0).String()); ok {
				return r.vm.ToValue(at.UnixMilli())
			}
			return goja.NaN()
		},
	})
}

// dateForms are the texts that are dates: those of ISO 8601, and what toUTCString
// and toString write. All but the year can be left out from the end. Offsets are
// not taken by njs 0.7.9, but AWS says that all of ECMAScript 5.1's dates are.
var dateForms = []*regexp.Regexp{
	regexp.MustCompile(`^(?P<year>\d{4}|[+-]\d{6})(-(?P<month>\d\d)(-(?P<day>\d\d)(T` + clock + `(Z|(?P<offset>[+-]\d\d:\d\d))?)?)?)?$`),
	regexp.MustCompile(`^[A-Z][a-z]{2}, (?P<day>\d\d) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4})( ` + clock + `)?( GMT)?$`),
	regexp.MustCompile(`^[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>\d\d) (?P<year>\d{4})( ` + clock + `)?( GMT(?P<offset>[+-]\d{4})?)?$`),
}

const clock = `(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d{1,9})\d*)?)?`

// parseDate is Date.parse. What is too great for its place, such as a 13th month,
// carries over.
func parseDate(s string) (time.Time, bool) {
	for _, form := range dateForms {
		match := form.FindStringSubmatch(s)
		if match == nil {
			continue
		}
		part := func(name string, fallback int) int {
			i := form.SubexpIndex(name)
			if i < 0 || match[i] == "" {
				return fallback
			}
			if month := strings.Index(months, match[i]); month >= 0 && len(match[i]) == 3 {
				return month/3 + 1
			}
			n, err := strconv.Atoi(match[i])
			if err != nil {
				return math.MinInt32 // no month
			}
			return n
		}
		fraction, _ := strconv.ParseFloat("0."+group(form, match, "fraction"), 64)
		month := part("month", 1)
		if month < 0 {
			return time.Time{}, false
		}
		at := time.Date(part("year", 0), time.Month(month), part("day", 1), part("hour", 0), part("minute", 0), part("second", 0), int(fraction*1e9), time.UTC)
		return at.Add(-offset(group(form, match, "offset"))), true
	}
	return time.Time{}, false
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

func group(form *regexp.Regexp, match []string, name string) string {
	if i := form.SubexpIndex(name); i >= 0 {
		return match[i]
	}
	return ""
}

// offset reads "+02:00" and "+0200".
func offset(s string) time.Duration {
	n, err := strconv.Atoi(strings.Replace(s, ":", "", 1))
	if err != nil {
		return 0
	}
	return time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute
}
