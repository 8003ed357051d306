package cfrouter_test

import (
	"fmt"
	"os"
	"testing"
)

// TestMain keeps the notice about the end of life of a Node release out of the
// output of the tests, and fails when a golden file is left over.
func TestMain(m *testing.M) {
	os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
	code := m.Run()
	if code == 0 {
		if err := checkGoldenFiles(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
