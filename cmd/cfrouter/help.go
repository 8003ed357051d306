package main

// The help is written by hand, for people; a test holds it to the flags there are.

const usage = `cfrouter runs the CloudFront distribution of a CloudFormation template before it is deployed.

Usage:

  cfrouter routes  [flags] [TEMPLATE]         list the behaviors in the order in which they are tried
  cfrouter explain [flags] [TEMPLATE] URL...  say what becomes of requests, and why
  cfrouter check   [flags] [TEMPLATE]         look for faults
  cfrouter serve   [flags] [TEMPLATE]         answer requests on a local port

  cfrouter help COMMAND                       the flags of a command, and examples
  cfrouter version

TEMPLATE is a cloud assembly, the directory cdk.out that "cdk synth" makes, or a template in JSON or
YAML, whoever made it. Default: what the settings file names, or cdk.out.

Settings file:

  What is the same each time can be written into cfrouter.json, which is read where the command is
  called. All of it may be left out, and flags win over it. Paths are relative to the file.

  {
    "template": "cdk.out",
    "distribution": "Shop/Router",
    "parameters": {"Stage": "test"},
    "region": "eu-west-1",
    "account": "123456789012",
    "country": "DE",
    "origins": {"Site": "site", "Api": "lambda:go run ./api", "Search": "http://localhost:9200"},
    "stores": {"Flags": "flags.json"}
  }

Exit status: 0 if all is well, 1 if check found something, 2 if the command could not do its work.
`

const templateHelp = `Template:

  -template PATH         instead of the argument TEMPLATE
  -parameter NAME=VALUE  parameter of the template; can be repeated
  -region REGION         where it would be deployed, such as eu-west-1
  -account ID            account that it would be deployed to
  -config FILE           settings file (default cfrouter.json, if it is there and about this template)
`

const distributionHelp = `  -distribution NAME     which one, if there are several: its construct path or logical id
`

const storeHelp = `  -store NAME=FILE       keys to put over what the template imports into a key-value store, written
                         {"data": [{"key": "a", "value": "b"}]}; can be repeated
`

const outputHelp = `
Output:

`

const routesHelp = `Usage: cfrouter routes [flags] [TEMPLATE]

Lists the behaviors of a distribution in the order in which they are tried: the path pattern, the
origin with its path, how long its answers are kept unless they say otherwise (and the bounds of that),
the methods, the functions at the edge, and how viewers may ask.

` + templateHelp + distributionHelp + outputHelp +
	`  -json                  a list of {"distribution", "routes"}

Examples:

  cfrouter routes
  cfrouter routes -json template.yaml
`

const explainHelp = `Usage: cfrouter explain [flags] [TEMPLATE] URL...

Says what becomes of requests: which behavior takes them and why, what the functions at the edge make
of them, their key in the cache, and what the origin is asked for. No origin is asked. A url is a path,
or has a scheme and a host, and is taken as it is spelled; - reads urls from standard input, one a line.

Requests:

  -method, -X METHOD     (default GET)
  -header, -H HEADER     such as 'Cookie: beta=on'; can be repeated
  -country CODE          country that viewers are in, such as DE

` + templateHelp + distributionHelp + storeHelp + outputHelp +
	`  -json                  one object a line for each url, with at least
                           behavior   the path pattern, "*" for the default behavior
                           origin     logical id of the resource that answers, or the host of one outside
                                      of the template; absent if the edge answers
                           uri        the path that the origin is asked for
                           status     if the edge answers
                           cacheKey   the key of the answer in the cache
                           cacheable  whether an answer is kept under it
                           denied     why the origin refuses the distribution, if it does

Examples:

  cfrouter explain / /files/a.csv
  cfrouter explain -X POST -H 'Cookie: beta=on' -country DE https://www.example.com/api/quote
  cfrouter explain -json - <urls.txt
`

const checkHelp = `Usage: cfrouter check [flags] [TEMPLATE]

Looks for faults that a deployment reports late or never: path patterns that are there twice, are never
reached, or overlap; origins that are missing or that refuse the distribution; functions that the engine
at the edge cannot parse, that are too large, or that fail; cache keys that two origins share; quotas.
The documentation of package cfsim lists the rules. The exit status is 1 if there is anything to report.

` + templateHelp + storeHelp + outputHelp +
	`  -json                  a list of {"severity", "rule", "resource", "message"}

Examples:

  cfrouter check
  cfrouter check -json template.yaml
`

const serveHelp = `Usage: cfrouter serve [flags] [TEMPLATE]

Answers requests on a local port as the distribution would, with its edge functions and its cache, and
prints a line for each. When the template or the settings file changes, it is loaded again; when a
directory that stands in for a bucket does, the cache is emptied, as deployments do.

Origins:

  -origin NAME=WHAT      what stands in for an origin; can be repeated
                         NAME is the construct path of a resource (Site, Shop/Site), its logical id, the
                         host of an origin outside of the template, or the path of a route (/files).
                         WHAT is
                           ./site                 a directory, for the objects of a bucket
                           lambda:go run ./api    a command that runs a Lambda handler, for a function URL
                                                  or an HTTP API
                           http://localhost:3000  a server, for anything
                         (default: for a bucket what the template deploys into it; an origin outside of
                         the template, such as https://example.com, is asked itself)
  -offline               ask no origin outside of the template

Viewers:

  -listen ADDRESS        HOST:PORT to listen on; port 0 takes a free one (default localhost:8080)
  -tls                   speak HTTPS and HTTP/2, with a certificate made for this run
  -plain-http            take a connection without TLS for what it is, so that viewer protocol policies
                         apply (default: it counts as HTTPS)
  -country CODE          country that viewers are in, such as DE

  A distribution with names of its own is reached by them with .localhost after them, such as
  http://www.example.com.localhost:8080.

` + templateHelp + distributionHelp + storeHelp + outputHelp +
	`  -json                  one object a line for each event: "serving", "request", "log" (output of Lambda
                         functions and of the server), "reloaded", "kept" (what changed cannot be used),
                         "emptied"

Examples:

  cfrouter serve -origin Site=./site -origin 'Api=lambda:go run ./api'
  cfrouter serve -tls -listen :8443 template.yaml
`
