package ffd

// INN says whether a taxpayer's number has the right length and check digits:
// ten digits for a company, twelve for a person (order ММВ-7-6/435@).
func INN(s string) bool {
	digits := make([]int, len(s))
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		digits[i] = int(s[i] - '0')
	}
	check := func(weights ...int) bool {
		sum := 0
		for i, w := range weights {
			sum += w * digits[i]
		}
		return sum%11%10 == digits[len(weights)]
	}
	switch len(s) {
	case 10:
		return check(2, 4, 10, 3, 5, 9, 4, 6, 8)
	case 12:
		return check(7, 2, 4, 10, 3, 5, 9, 4, 6, 8) && check(3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	default:
		return false
	}
}
