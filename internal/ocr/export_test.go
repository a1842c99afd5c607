package ocr

// Places is how many may be in work or wait.
const Places = atOnce + queue
