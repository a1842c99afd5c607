package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
)

// PhotoQuestion is a photograph of a screen or a receipt, PNG or JPEG, with
// what else is known.
type PhotoQuestion struct {
	Photo  io.Reader
	Lang   string // ru, de, en: what the writing is expected in before the others; "" = nobody knows
	Text   string // words beside the photograph
	Device string // needs a token that reaches the device
}

// DiagnosePhoto asks what is wrong with a photograph. It needs no token unless
// a device is named, and is not repeated by itself. A server without Tesseract
// answers with the code ocr_unavailable.
func (a *API) DiagnosePhoto(ctx context.Context, q PhotoQuestion) (Diagnosis, error) {
	var d Diagnosis
	err := a.upload(ctx, "/diagnose", upload{field: "photo", name: "photo", content: q.Photo, fields: map[string]string{
		"lang": q.Lang, "text": q.Text, "deviceId": q.Device,
	}}, &d)
	return d, err
}

// upload is one file with other fields of a form; empty ones are left out.
type upload struct {
	field, name string
	content     io.Reader
	fields      map[string]string
}

func (u upload) body() (data *bytes.Buffer, kind string, err error) {
	data = &bytes.Buffer{}
	w := multipart.NewWriter(data)
	for name, value := range u.fields {
		if value == "" {
			continue
		}
		if err := w.WriteField(name, value); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreateFormFile(u.field, u.name)
	if err != nil {
		return nil, "", err
	}
	if _, err := io.Copy(part, u.content); err != nil {
		return nil, "", err
	}
	return data, w.FormDataContentType(), w.Close()
}

// upload posts a form once: what it carries can be read only once.
func (a *API) upload(ctx context.Context, path string, u upload, out any) error {
	body, kind, err := u.body()
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	req, err := a.request(ctx, http.MethodPost, path, nil)
	if err != nil {
		return err
	}
	req.Body, req.ContentLength = io.NopCloser(body), int64(body.Len())
	req.Header.Set("Content-Type", kind)
	res, err := a.http.Do(req)
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("client: POST %s: %w", path, err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		return refusal(res, data)
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("client: POST %s: %w", path, err)
	}
	return nil
}
