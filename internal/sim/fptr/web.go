package fptr

import (
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// maxBody is how long a posting may be.
const maxBody = 1 << 20

// device is the id of the only register in the service.
const device = "1"

// Handler is the service over HTTP: both interfaces, or only the older one.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, benchPage) })
	mux.HandleFunc("GET /stat/requests", s.locked(s.statV1))
	mux.HandleFunc("POST /requests", s.locked(s.post(v1{})))
	mux.HandleFunc("POST /requests/{$}", s.locked(s.post(v1{}))) // so two public clients do
	mux.HandleFunc("GET /requests/{uuid}", s.locked(s.get(v1{})))
	mux.HandleFunc("DELETE /requests/{uuid}", s.locked(s.remove(v1{})))
	if !s.Register.opt.OldAPI {
		mux.HandleFunc("GET /api/v2/serverInfo", s.info)
		mux.HandleFunc("GET /api/v2/getRequestsQueueStatus", s.locked(s.statV2))
		mux.HandleFunc("POST /api/v2/requests", s.locked(s.active(s.post(v2{}))))
		mux.HandleFunc("GET /api/v2/requests/{uuid}", s.locked(s.get(v2{})))
		mux.HandleFunc("DELETE /api/v2/requests/{uuid}", s.locked(s.remove(v2{})))
		mux.HandleFunc("POST /api/v2/operations/{name}", s.locked(s.active(s.operation)))
		s.serveDevices(mux)
	}
	return s.disturbed(shared(mux))
}

// benchPage says what this is to a person who opens the port in a browser.
const benchPage = "<!doctype html><title>bench</title><p>Test bench, not a cash register. JSON tasks: POST /requests, POST /api/v2/requests.\n"

// disturbed puts the faults of the line before the service.
func (s *Server) disturbed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Register.Has(FaultGarbage) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html><body>It works!</body></html>")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// locked asks for the login where the service has one.
func (s *Server) locked(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if login := s.Register.opt.Login; login != "" {
			user, password, _ := r.BasicAuth()
			if subtle.ConstantTimeCompare([]byte(user+":"+password), []byte(login)) != 1 {
				w.Header().Set("WWW-Authenticate", `Basic realm="bench"`)
				v2{}.fail(w, http.StatusUnauthorized, "unauthorized")
				return
			}
		}
		if id := r.URL.Query().Get("deviceID"); id != "" && id != "default" && id != device {
			v2{}.fail(w, http.StatusNotFound, "Устройство с ID ["+id+"] не найдено")
			return
		}
		next(w, r)
	}
}

// form is how one interface writes its answers.
type form interface {
	taken(w http.ResponseWriter, s *Server, uuid string, number int)
	entry(e entry) object
	fail(w http.ResponseWriter, status int, text string)
	busy() int // the status for a posting that cannot be taken back any more
}

func (s *Server) post(f form) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			UUID    string          `json:"uuid"`
			Request json.RawMessage `json:"request"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
			f.fail(w, http.StatusBadRequest, err.Error())
			return
		}
		tasks, ok := list(in.Request)
		if in.UUID == "" || !ok {
			f.fail(w, http.StatusBadRequest, `"uuid" and / or "request" not found`)
			return
		}
		if documents(tasks) > 1 {
			f.fail(w, http.StatusBadRequest, "Too many fiscal sub-tasks")
			return
		}
		number, ok := s.queue.add(in.UUID, tasks)
		if !ok {
			f.fail(w, http.StatusConflict, "задание с таким UUID уже есть")
			return
		}
		f.taken(w, s, in.UUID, number)
	}
}

// list reads a task or a list of tasks.
func list(raw json.RawMessage) ([]json.RawMessage, bool) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, false
	}
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
		var tasks []json.RawMessage
		return tasks, json.Unmarshal(raw, &tasks) == nil && len(tasks) > 0
	}
	return []json.RawMessage{raw}, true
}

func documents(tasks []json.RawMessage) (n int) {
	for _, t := range tasks {
		if fiscal(kindOf(t)) {
			n++
		}
	}
	return n
}

func (s *Server) get(f form) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.queue.stir() // a service that waits for its register tries again now and then
		entries := s.queue.look(r.PathValue("uuid"))
		if entries == nil {
			f.fail(w, http.StatusNotFound, "Задание с UUID ["+r.PathValue("uuid")+"] не найдено")
			return
		}
		results := make([]object, len(entries))
		for i, e := range entries {
			results[i] = f.entry(e)
		}
		answer(w, http.StatusOK, object{"results": results})
	}
}

func (s *Server) remove(f form) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch found, ok := s.queue.cancel(r.PathValue("uuid")); {
		case !found:
			f.fail(w, http.StatusNotFound, "не найдено")
		case !ok:
			f.fail(w, f.busy(), "нельзя отменить")
		default:
			w.WriteHeader(http.StatusOK)
		}
	}
}

// operation is a question past the queue.
func (s *Server) operation(w http.ResponseWriter, r *http.Request) {
	kind := map[string]string{
		"queryDeviceInfo": "getDeviceInfo", "queryDeviceStatus": "getDeviceStatus", "queryShiftStatus": "getShiftStatus",
		"queryFnInfo": "getFnInfo", "queryFnStatus": "getFnStatus", "queryOfdExchangeStatus": "ofdExchangeStatus",
	}[r.PathValue("name")]
	if kind == "" {
		v2{}.fail(w, http.StatusNotImplemented, r.PathValue("name"))
		return
	}
	result, code := s.Register.Execute(json.RawMessage(`{"type":"` + kind + `"}`))
	if code != 0 {
		v2{}.fail(w, http.StatusBadRequest, describe(code))
		return
	}
	answer(w, http.StatusOK, result)
}

func (s *Server) info(w http.ResponseWriter, _ *http.Request) {
	s.Register.mu.Lock()
	now := s.Register.watch.Bench().In(s.Register.opt.Location)
	s.Register.mu.Unlock()
	answer(w, http.StatusOK, object{"serverVersion": "bench", "driverVersion": "10.10.bench", "os": "bench", "currentDateTime": stamp(now)})
}

func (s *Server) statV1(w http.ResponseWriter, _ *http.Request) {
	waiting, ready, canceled := s.queue.counts()
	answer(w, http.StatusOK, object{"ready_count": ready, "not_ready_count": waiting, "canceled_count": canceled})
}

func (s *Server) statV2(w http.ResponseWriter, _ *http.Request) {
	waiting, ready, canceled := s.queue.counts()
	uuid, reason := s.queue.standing()
	answer(w, http.StatusOK, object{
		"number": waiting, "ready": ready, "canceled": canceled, "isBlocked": reason != "", "blockedUUID": uuid, "blockReason": reason,
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have left
}

// v1 is the older interface: plain texts, code and text side by side.
type v1 struct{}

func (v1) taken(w http.ResponseWriter, _ *Server, _ string, _ int) { w.WriteHeader(http.StatusCreated) }

func (v1) entry(e entry) object {
	return object{"status": e.status, "errorCode": e.code, "errorDescription": e.text, "result": e.result}
}

func (v1) fail(w http.ResponseWriter, status int, text string) {
	http.Error(w, strconv.Itoa(status)+" "+text, status)
}

func (v1) busy() int { return http.StatusMethodNotAllowed }

// v2 is the newer interface.
type v2 struct{}

func (v2) taken(w http.ResponseWriter, s *Server, uuid string, number int) {
	blocked, reason := s.queue.standing()
	answer(w, http.StatusCreated, object{"uuid": uuid, "number": number, "isBlocked": reason != "", "blockedUUID": blocked, "blockReason": reason})
}

func (v2) entry(e entry) object {
	return object{"status": e.status, "error": object{"code": e.code, "description": e.text}, "result": e.result}
}

func (v2) fail(w http.ResponseWriter, status int, text string) {
	answer(w, status, object{"error": object{"code": 505, "description": text}})
}

func (v2) busy() int { return http.StatusConflict }
