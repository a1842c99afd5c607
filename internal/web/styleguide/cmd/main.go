// Command cmd serves the style guide on a local port, for looking at it:
//
//	go run ./internal/web/styleguide/cmd
package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/tillwright/tillwright/internal/web/styleguide"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8099", "address to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(listen string) error {
	guide, err := styleguide.New(time.Now)
	if err != nil {
		return err
	}
	fmt.Println("url=http://" + listen + "/")
	srv := &http.Server{Addr: listen, Handler: guide, ReadHeaderTimeout: 5 * time.Second}
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("styleguide: %w", err)
	}
	return nil
}
