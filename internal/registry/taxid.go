package registry

import (
	"regexp"
	"strings"
)

// Check digits of the tax numbers. The weights are those the tax services
// publish: ИНН by ФНС of Russia, БИН/ИИН by the statistics of Kazakhstan,
// USt-IdNr. by ISO 7064 MOD 11,10.

var (
	innWeights10  = []int{2, 4, 10, 3, 5, 9, 4, 6, 8}
	innWeights11  = []int{7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	innWeights12  = []int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	binWeights    = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	binWeights2nd = []int{3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2}
)

var (
	allDigits = regexp.MustCompile(`^[0-9]+$`)
	kppForm   = regexp.MustCompile(`^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$`)
)

// weigh sums the digits of s with the weights, modulo 11.
func weigh(s string, weights []int) int {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum % 11
}

func digit(n int) string { return string(rune('0' + n)) }

// CompleteINN adds the check digit to the nine digits of a company's ИНН, or
// the two check digits to the ten of a person's. ok is false for anything
// else.
func CompleteINN(digits string) (inn string, ok bool) {
	if !allDigits.MatchString(digits) {
		return "", false
	}
	switch len(digits) {
	case 9:
		return digits + digit(weigh(digits, innWeights10)%10), true
	case 10:
		digits += digit(weigh(digits, innWeights11) % 10)
		return digits + digit(weigh(digits, innWeights12)%10), true
	}
	return "", false
}

// ValidINN says whether s is an ИНН of 10 or 12 digits whose check digits
// fit. The first two digits are a region; there is no region 00.
func ValidINN(s string) bool {
	if (len(s) != 10 && len(s) != 12) || strings.HasPrefix(s, "00") {
		return false
	}
	bare := s[:len(s)-1]
	if len(s) == 12 {
		bare = s[:10]
	}
	full, ok := CompleteINN(bare)
	return ok && full == s
}

// ValidKPP says whether s has the form of a КПП: the office's four digits, two
// digits or capital letters for the reason, three digits.
func ValidKPP(s string) bool { return kppForm.MatchString(s) }

// CompleteBIN adds the check digit to the first eleven digits of a БИН or ИИН
// of Kazakhstan. ok is false for numbers that have none and are not given
// out.
func CompleteBIN(digits string) (bin string, ok bool) {
	if len(digits) != 11 || !allDigits.MatchString(digits) {
		return "", false
	}
	n := weigh(digits, binWeights)
	if n == 10 {
		n = weigh(digits, binWeights2nd)
	}
	if n == 10 {
		return "", false
	}
	return digits + digit(n), true
}

// ValidBIN says whether s is a БИН or ИИН: twelve digits whose check digit
// fits. Digits three and four are a month in both.
func ValidBIN(s string) bool {
	if len(s) != 12 {
		return false
	}
	full, ok := CompleteBIN(s[:11])
	return ok && full == s && s[2:4] >= "01" && s[2:4] <= "12"
}

// CompleteUStID adds the check digit to the first eight digits of a German
// USt-IdNr. and the country before it.
func CompleteUStID(digits string) (ust string, ok bool) {
	if len(digits) != 8 || !allDigits.MatchString(digits) || digits[0] == '0' {
		return "", false
	}
	product := 10
	for _, d := range digits {
		sum := (int(d-'0') + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	return "DE" + digits + digit((11-product)%10), true
}

// ValidUStID says whether s is a USt-IdNr.: DE and nine digits whose check
// digit fits.
func ValidUStID(s string) bool {
	if len(s) != 11 {
		return false
	}
	full, ok := CompleteUStID(s[2:10])
	return ok && full == s
}

// tidyNumber takes out the spaces, dashes and dots that people put into
// numbers to read them.
func tidyNumber(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "-", "", ".", "", "/", "").Replace(strings.TrimSpace(s)))
}
