// Package edgetest runs the distribution of a synthesized CloudFormation
// template the way CloudFront would, for tests: it matches behaviors, executes
// the viewer-request function and says what the origin would be asked, and what
// the viewer-response function makes of the origin's response.
//
// It shares no code with the library it checks. A mistake made twice in the
// same place is not found, so the matching, the normal form of a path and the
// rules for a function's result are written down here a second time, from
// CloudFront's documentation alone.
//
// Function code runs on two engines. [Goja] is in process and knows more of
// the language than CloudFront does. [Njs] knows less: it is nginx's engine,
// whose features and error messages CloudFront's runtime shares, in a version
// that lacks some of what CloudFront has.
//
// Two facts about CloudFront are not documented: whether a function sees the
// path as it was sent or its normal form, and whether escapes of unreserved
// characters are decoded before behaviors are matched. A [Form] is one reading
// of both; a router that is safe gives a right answer in each.
package edgetest
