// Package static embeds the portal's styles, scripts and images and serves them under names that
// change with their content, compressed once, cached for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/andybalholm/brotli"
)

//go:embed css img js site.webmanifest speculation.json
var files embed.FS

// Assets are the embedded files, ready to send.
type Assets struct {
	files map[string]*asset // by name: "css/shtab.css"
}

type asset struct {
	url       string
	mediaType string
	etag      string
	plain     []byte
	gzip, br  []byte // nil where compression gains nothing
}

// NewAssets reads, fingerprints and compresses every embedded file.
func NewAssets() (*Assets, error) {
	a := &Assets{files: map[string]*asset{}}
	return a, fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		hash := hex.EncodeToString(sum[:6])
		f := &asset{url: "/static/" + hash + "/" + name, mediaType: mediaType(name), etag: `"` + hash + `"`, plain: b}
		if strings.HasPrefix(f.mediaType, "text/") || strings.Contains(f.mediaType, "svg") ||
			strings.Contains(f.mediaType, "json") {
			if f.gzip, f.br, err = compress(b); err != nil {
				return err
			}
		}
		a.files[name] = f
		return nil
	})
}

func mediaType(name string) string {
	if name == "speculation.json" {
		return "application/speculationrules+json"
	}
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func compress(b []byte) (gz, br []byte, err error) {
	var g, r bytes.Buffer
	gw, err := gzip.NewWriterLevel(&g, gzip.BestCompression)
	if err != nil {
		return nil, nil, err
	}
	if _, err = gw.Write(b); err == nil {
		err = gw.Close()
	}
	if err != nil {
		return nil, nil, err
	}
	// A window of 256 KiB holds every file; the largest one costs 32 MB of memory a file.
	bw := brotli.NewWriterOptions(&r, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 18})
	if _, err = bw.Write(b); err == nil {
		err = bw.Close()
	}
	return g.Bytes(), r.Bytes(), err
}

// URL is where the file called name is served; the name itself when there is none, so that a
// mistake is seen in the page and in the test that follows every link.
func (a *Assets) URL(name string) string {
	if f, ok := a.files[name]; ok {
		return f.url
	}
	return "/static/missing/" + name
}

// ServeHTTP serves /static/{hash}/{name}.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/static/"), "/")
	f, ok := a.files[name]
	if !ok || f.url != r.URL.Path {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", f.etag)
	h.Set("Vary", "Accept-Encoding")
	body, accept := f.plain, r.Header.Get("Accept-Encoding")
	switch {
	case f.br != nil && strings.Contains(accept, "br"):
		h.Set("Content-Encoding", "br")
		body = f.br
	case f.gzip != nil && strings.Contains(accept, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	if r.Header.Get("If-None-Match") == f.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body)
}
