package cfrouter_test

import (
	"fmt"
	"os"
	"testing"
)

// TestMain fails when a golden file is left over.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := checkGoldenFiles(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
