package fleet

// AgentOf is the agent that a device is read by; ok is false for a device that
// is not watched.
func (s *Service) AgentOf(device string) (agent string, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	d := s.devices[device]
	if d == nil {
		return "", false
	}
	return d.place.agent.id, true
}
