package atol

import "slices"

// errorCodes lists the device errors whose meaning was measured with the
// maker's driver, each code put into a reply on its own.
func errorCodes() []int {
	return []int{
		10, 19, 20, 21, 22, 30, 31, 32, 33, 63,
		102, 103, 104, 105, 106, 111, 114, 117, 122, 125, 126, 127, 128, 129, 130, 132, 134, 135, 136, 137, 140, 143, 145, 146, 147, 148, 149,
		151, 152, 153, 154, 155, 156, 157, 158, 162, 163, 164, 165, 166, 168, 169, 174, 176, 177, 190, 191,
		200, 201, 208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 223, 224, 225, 230, 231, 232, 233, 234, 235, 236, 237, 238,
		239, 240, 241, 242, 243, 244, 245,
	}
}

// KnownError says whether a device error code has a sentence of its own.
func KnownError(code int) bool {
	_, found := slices.BinarySearch(errorCodes(), code)
	return found
}

// The device errors that the driver itself reacts to.
const (
	errConfirmDate = 22
)
