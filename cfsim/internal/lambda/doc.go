// Package lambda runs Lambda handlers as processes of this machine and puts a
// function URL or an HTTP API in front of them.
//
// A [Function] starts its command when the first request comes and talks to it
// as Lambda does, through the runtime API, so that a handler needs no change:
// whatever runs on provided.al2023, or brings a runtime interface client, runs
// here. [URL] and [API] are http.Handlers that make an event of a request, invoke
// the function and make a response of what it returns:
//
//	report := lambda.New(lambda.Options{
//		Name:    "report",
//		Command: lambda.Command{Args: []string{"go", "run", "./example/report"}},
//		Timeout: 30 * time.Second,
//		Log:     os.Stderr,
//	})
//	defer report.Close()
//	http.ListenAndServe("127.0.0.1:8080", &lambda.URL{Function: report, Stream: true})
//
// # Not simulated
//
// Nothing limits the memory of a process, freezes it between invocations or ends
// it when it was idle for long. There are no extensions (their API answers 404,
// which aws-lambda-go takes for a warning), layers, credentials of the
// function's role, asynchronous invocations, SnapStart and Lambda Managed
// Instances. Streamed responses are not slowed down after their first 6 MB.
//
// Neither front checks who calls: authorizers, IAM signatures, throttling, CORS
// settings and parameter mapping are left out, and requestContext.authorizer is
// never there.
package lambda
