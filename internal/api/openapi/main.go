// Command openapi prints the API's OpenAPI 3.1 description. It goes into
// docs/openapi.json; a test says when that has become old.
package main

import (
	"fmt"
	"os"

	"github.com/tillwright/tillwright/internal/api"
)

func main() {
	data, err := api.Spec(api.SpecBuild)
	if err == nil {
		_, err = os.Stdout.Write(data)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
