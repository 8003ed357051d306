package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// settings are what a command was told: by its flags and arguments, and by the
// settings file where those say nothing.
type settings struct {
	*console
	again func() (*settings, error) // reads all of them once more, without a word

	template     string
	distribution string
	parameters   assignments
	region       string
	account      string
	country      string
	origins      assignments
	stores       assignments
	asJSON       bool

	config  string // as given, "" if it was not
	file    string // the settings file that was read, "" for none
	explain explainFlags
	serve   serveFlags
}

// parse reads flags and arguments. They are read twice, as they name the settings
// file and win over it: the second time over what that says.
func parse(c command, args []string, std *console) (*settings, error) {
	given := &settings{console: std}
	if err := given.read(c, args); err != nil {
		return nil, err
	}
	s, err := given.fromFile()
	if err != nil {
		return nil, err
	}
	if err := s.read(c, args); err != nil {
		return nil, err
	}
	if !validCountry.MatchString(s.country) {
		return nil, fmt.Errorf("there is no country %q: write the two capital letters of its code, such as DE", s.country)
	}
	silent := *std
	silent.stderr = io.Discard
	s.again = func() (*settings, error) { return parse(c, args, &silent) }
	return s, nil
}

var validCountry = regexp.MustCompile(`^([A-Z]{2})?$`)

// read takes flags and arguments in any order.
func (s *settings) read(c command, args []string) error {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	template := flags.String("template", "", "")
	s.addFlags(flags)
	c.flags(flags, s)
	rest, err := interspersed(flags, args)
	if err == nil {
		*template, rest, err = c.takeTemplate(*template, rest)
	}
	if err != nil {
		return &misuse{err, "cfrouter " + c.name + " -h"}
	}
	s.template, s.explain.urls = cmp.Or(*template, s.template), rest
	return nil
}

// addFlags adds the flags that all commands have.
func (s *settings) addFlags(flags *flag.FlagSet) {
	flags.StringVar(&s.config, "config", s.config, "")
	flags.StringVar(&s.region, "region", s.region, "")
	flags.StringVar(&s.account, "account", s.account, "")
	flags.BoolVar(&s.asJSON, "json", false, "")
	flags.Func("parameter", "", s.parameters.add("NAME=VALUE, such as Stage=test"))
}

func (s *settings) addDistributionFlag(flags *flag.FlagSet) {
	flags.StringVar(&s.distribution, "distribution", s.distribution, "")
}

func (s *settings) addCountryFlag(flags *flag.FlagSet) {
	flags.StringVar(&s.country, "country", s.country, "")
}

func (s *settings) addStoreFlag(flags *flag.FlagSet) {
	flags.Func("store", "", s.stores.add("NAME=FILE, such as Flags=flags.json"))
}

// interspersed parses flags that may stand between and after arguments, which it
// returns. After -- there are no flags.
func interspersed(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, explainFlagError(flags, err)
		}
		parsed := len(args) - flags.NArg()
		if flags.NArg() == 0 || parsed > 0 && args[parsed-1] == "--" {
			return append(rest, flags.Args()...), nil
		}
		rest = append(rest, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

func explainFlagError(flags *flag.FlagSet, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: ")
	if !unknown {
		return err
	}
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, "-"+f.Name) })
	return fmt.Errorf("%s has no flag %s: %s", flags.Name(), name, instead(name, names))
}

// An assignment is NAME=VALUE, in a flag or in the settings file.
type assignment struct {
	name, value string
	dir         string // that a relative path starts from
}

func (a assignment) path() string { return inDir(a.dir, a.value) }

type assignments []assignment

// add returns what takes the values of a flag. A form says how they are written.
func (a *assignments) add(form string) func(string) error {
	return func(text string) error {
		name, value, found := strings.Cut(text, "=")
		if !found || name == "" {
			return fmt.Errorf("write %s", form)
		}
		*a = append(*a, assignment{name: name, value: value})
		return nil
	}
}
