package folder

import "time"

// insist tries again, with growing pauses, while the failure is one that
// passes and less than within was spent on pauses.
func insist(within time.Duration, pause func(time.Duration), passes func(error) bool, try func() error) error {
	const first = 5 * time.Millisecond
	spent := time.Duration(0)
	for wait := first; ; wait *= 2 {
		err := try()
		if err == nil || !passes(err) || spent >= within {
			return err
		}
		wait = min(wait, within-spent)
		pause(wait)
		spent += wait
	}
}
