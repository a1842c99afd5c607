package fptr

import "net/http"

// serveDevices is what the newer interface says of the registers behind it. The
// bench has one. It can be taken out of work and put back: in between the
// service takes no tasks for it and answers 403.
func (s *Server) serveDevices(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v2/devices", s.locked(func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, []object{s.described()}) }))
	mux.HandleFunc("GET /api/v2/devices/{id}", s.locked(func(w http.ResponseWriter, r *http.Request) {
		if id := r.PathValue("id"); id != device && id != "default" {
			v2{}.fail(w, http.StatusNotFound, "Устройство с ID ["+id+"] не найдено")
			return
		}
		answer(w, http.StatusOK, s.described())
	}))
	for path, idle := range map[string]bool{"activateDevice": false, "deactivateDevice": true} {
		mux.HandleFunc("POST /api/v2/"+path, s.locked(func(w http.ResponseWriter, _ *http.Request) {
			s.mu.Lock()
			s.idle = idle
			s.mu.Unlock()
			answer(w, http.StatusOK, object{})
		}))
	}
}

func (s *Server) described() object {
	return object{"id": device, "name": s.Register.modelName, "isActive": !s.outOfWork()}
}

func (s *Server) outOfWork() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.idle
}

// active lets in only what comes while the register is in work.
func (s *Server) active(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.outOfWork() {
			v2{}.fail(w, http.StatusForbidden, "Устройство с ID ["+device+"] не активно")
			return
		}
		next(w, r)
	}
}

// shared lets pages of other origins use the service: tills in a browser do.
func shared(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Access-Control-Allow-Origin", "*")
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		head.Set("Access-Control-Allow-Methods", "GET,POST,PUT,DELETE,HEAD,OPTIONS")
		if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
			head.Set("Access-Control-Allow-Headers", asked)
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
