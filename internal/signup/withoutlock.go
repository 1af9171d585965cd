package signup

import "testing"

// WithoutLock takes the lock on the shift away, and the batching with it: the negative control
// of the tests that show what the lock is for. It panics outside a test.
func WithoutLock() Option {
	if !testing.Testing() {
		panic("signup: WithoutLock is for tests")
	}
	return func(s *Store) { s.noLock, s.batcher = true, nil }
}
