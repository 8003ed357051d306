//go:build unix

package s3

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A named pipe is no object, and asking for it does not wait for a writer.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	b := &Bucket{Files: os.DirFS(dir), CanList: true}
	if w := do(t, b, "GET", "/pipe"); w.Code != 404 {
		t.Errorf("GET /pipe: %d, want 404", w.Code)
	}
	if page := listOf(t, b, "/"); len(page.Contents) > 0 {
		t.Errorf("a pipe is listed: %+v", page.Contents)
	}
}

func TestForbiddenDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	if w := do(t, &Bucket{Files: os.DirFS(dir), CanList: true}, "GET", "/"); w.Code != 500 || errorOf(t, w).Code != "InternalError" {
		t.Errorf("a directory that cannot be read: %d %s", w.Code, w.Body)
	}
}
