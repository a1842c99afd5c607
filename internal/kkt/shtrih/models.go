package shtrih

// modelName is the maker's name for a model number in the reply to FC; "" for
// one that is not known. Most registers give their name beside the number.
func modelName(n int) string {
	return map[int]string{
		22: "РИТЕЙЛ-01Ф", 25: "ШТРИХ-ON-LINE", 44: "ШТРИХ-ФР-02Ф", 50: "ШТРИХ-МИНИ-01Ф",
		249: "ШТРИХ-ФР-01Ф", 250: "ШТРИХ-М-01Ф", 252: "ШТРИХ-ЛАЙТ-01Ф",
	}[n]
}

// serialModel is the model by the sixteen-digit serial number: its ninth and
// tenth digits. "" for a number that does not tell.
func serialModel(serial string) string {
	if len(serial) != 16 {
		return ""
	}
	return map[string]string{
		"01": "ШТРИХ-МИНИ-01Ф", "02": "ШТРИХ-ФР-01Ф", "04": "ШТРИХ-ON-LINE", "06": "ШТРИХ-М-01Ф", "07": "ШТРИХ-ЛАЙТ-01Ф", "08": "ШТРИХ-М-02Ф",
		"09": "ШТРИХ-ЛАЙТ-02Ф", "12": "РИТЕЙЛ-01Ф", "19": "ШТРИХ-ФР-02Ф", "20": "ШТРИХ-МПЕЙ-Ф", "24": "ШТРИХ-МИНИ-02Ф", "33": "ШТРИХ-СМАРТПОС-Ф",
		"41": "ШТРИХ-НАНО-Ф", "43": "ШТРИХ-СМАРТПОС-Ф", "44": "ШТРИХ-КАРТ-Ф", "51": "ШТРИХ-СИТИ-Ф",
	}[serial[8:10]]
}
