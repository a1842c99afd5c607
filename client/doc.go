// Package client is Tillwright's REST API for Go programs. It needs nothing
// but the standard library.
//
//	api, err := client.New("https://service.example", os.Getenv("TILLWRIGHT_TOKEN"))
//	for device, err := range api.Devices(ctx, client.DeviceFilter{State: []string{"ill"}}) {
//		…
//	}
//
// The shapes of this package are those that the server itself answers with, so
// the two cannot drift apart; their doc, enum and example tags are what the
// OpenAPI description is made from. Every time is an instant in RFC 3339, and
// one that has not come is left out. Every list is read page by page through
// an iterator. Every refusal is an *Error with the server's stable code.
package client
