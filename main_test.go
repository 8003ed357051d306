package cfrouter_test

import (
	"os"
	"testing"
)

// TestMain keeps the notice about the end of life of a Node release out of the
// output of the tests.
func TestMain(m *testing.M) {
	os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
	os.Exit(m.Run())
}
