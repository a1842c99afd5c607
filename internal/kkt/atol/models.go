package atol

// modelName is the maker's name for a model number of the protocol. The
// numbers are also digits five and six of the 14-digit serial. "" when the
// number is not known.
func modelName(n int) string { return names()[n] }

func names() map[int]string {
	return map[int]string{
		57: "АТОЛ 25Ф", 61: "АТОЛ 30Ф", 62: "АТОЛ 55Ф", 63: "АТОЛ 22ПТК", 64: "АТОЛ 52Ф", 66: "АТОЛ 55v2Ф", 67: "АТОЛ 11Ф", 69: "АТОЛ 77Ф",
		70: "АТОЛ 42ФА", 72: "АТОЛ 90Ф", 75: "АТОЛ 60Ф", 76: "Казначей ФА", 77: "АТОЛ 42ФС", 78: "АТОЛ 15Ф", 80: "АТОЛ 50Ф", 81: "АТОЛ 20Ф",
		82: "АТОЛ 91Ф", 84: "АТОЛ 92Ф", 86: "АТОЛ Sigma 10", 87: "АТОЛ 27Ф", 89: "АТОЛ ПТ-5Ф", 90: "АТОЛ Sigma 7", 91: "АТОЛ Sigma 8",
		93: "АТОЛ 1Ф", 94: "АТОЛ СТБ 6Ф", 95: "АТОЛ 22v2Ф", 97: "АТОЛ 35Ф", 99: "АТОЛ 27 FP7Ф",
	}
}

// evotorName is the terminal's name by its 14-digit serial: 0030, then two
// digits for the model. "" for a serial that is not Evotor's.
func evotorName(serial string) string {
	if len(serial) != 14 || serial[:4] != "0030" {
		return ""
	}
	name := map[string]string{"01": "Power", "10": "6", "74": "7.2", "79": "7.3 / 10", "83": "5", "96": "5i"}[serial[4:6]]
	if name == "" {
		return "Эвотор"
	}
	return "Эвотор " + name
}
