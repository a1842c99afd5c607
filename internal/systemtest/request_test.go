package systemtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// request makes a request without a body and reads the JSON of its answer.
func request(c *http.Client, method, url string, into any) error {
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %d %s", method, url, resp.StatusCode, data)
	}
	return json.Unmarshal(data, into)
}

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }
