//go:build !race

package edgefn_test

const slower = 1
