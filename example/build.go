package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// source returns the path of a file or folder of this example. It starts from the module's root,
// since `cdk synth` runs the app there and `go test` runs it here.
func source(name ...string) string {
	output, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		panic(fmt.Errorf("example: the module's root was not found, run the app inside the module: %w", err))
	}
	return filepath.Join(strings.TrimSpace(string(output)), "example", filepath.Join(name...))
}

// goCode compiles a command of this example for Lambda. The same source gives the same bytes on
// every machine, so that a deployment leaves functions alone that did not change: paths are trimmed,
// and the build id and the commit, which change without the code, are left out.
func goCode(name string) awslambda.Code {
	folder := source("build", name)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=",
		"-tags=lambda.norpc", "-o", filepath.Join(folder, "bootstrap"), ".")
	build.Dir = source(name)
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		panic(fmt.Errorf("example: building the function %q: %w\n%s", name, err, output))
	}
	return awslambda.Code_FromAsset(jsii.String(folder), nil)
}
