package portaltest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/url"
)

// PostFile sends a file in a form's field, and the form's other fields.
func (b *Browser) PostFile(path, field, name string, file []byte, form url.Values) Answer {
	b.h.T.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for key, values := range form {
		for _, v := range values {
			_ = m.WriteField(key, v)
		}
	}
	part, err := m.CreateFormFile(field, name)
	if err != nil {
		b.h.T.Fatal(err)
	}
	_, _ = part.Write(file)
	_ = m.Close()
	resp, err := b.Client.Post(b.h.URL+path, m.FormDataContentType(), &body)
	if err != nil {
		b.h.T.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.h.T.Fatal(err)
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(text)}
}
