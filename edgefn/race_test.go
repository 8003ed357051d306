//go:build race

package edgefn_test

// slower is how many times less there is of what is random, as the race detector
// slows the engine in process down by as much.
const slower = 10
