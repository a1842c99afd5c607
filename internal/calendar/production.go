package calendar

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// ProductionYear is the official working calendar of one country, or one of
// its regions, in one year. It says how the days differ from the week; what
// the hours of a week are is the company's own affair, see
// [ProductionYear.Apply].
type ProductionYear struct {
	Country string
	Region  string
	Year    int
	// Sources names the laws and resolutions.
	Sources []string
	// Off are all days off besides ordinary weekends, sorted: holidays and the
	// days that weekends were moved to.
	Off []Date
	// Worked are weekend days that are worked, each in the hours of the
	// weekday whose rest it was given for.
	Worked map[Date]time.Weekday
	// Shortened are the working days before a holiday, shorter by ShortenedBy.
	Shortened   []Date
	ShortenedBy time.Duration
}

//go:embed data/ru-*.json data/kz-*.json
var productionFiles embed.FS

type productionFile struct {
	Sources  []string `json:"sources"`
	Holidays []string `json:"holidays"`
	Moved    []struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"moved"`
	Shortened   []string `json:"shortened"`
	ShortenedBy int      `json:"shortenedBy"` // minutes
}

// Production is the working calendar of a country (RU, KZ, DE), region and
// year. Germany needs the region, a federal state such as BY, and knows every
// year from 2019 to 2099; Russia and Kazakhstan take an empty region and know
// the years whose resolutions were published when this was built. Anything
// else is [ErrNoProduction].
func Production(country, region string, year int) (ProductionYear, error) {
	country, region = strings.ToUpper(country), strings.ToUpper(region)
	if country == "DE" {
		return germanYear(region, year)
	}
	name := fmt.Sprintf("data/%s-%d.json", strings.ToLower(country), year)
	data, err := productionFiles.ReadFile(name)
	if err != nil || region != "" {
		return ProductionYear{}, ErrNoProduction
	}
	var file productionFile
	if err := json.Unmarshal(data, &file); err != nil {
		return ProductionYear{}, fmt.Errorf("calendar: %s: %w", name, err)
	}
	p := ProductionYear{Country: country, Year: year, Sources: file.Sources}
	if err := p.read(file); err != nil {
		return ProductionYear{}, fmt.Errorf("calendar: %s: %w", name, err)
	}
	return p, nil
}

// ProductionYears lists the years of a country that are kept as data, such as
// [2025 2026] for RU. Germany's are computed and not listed.
func ProductionYears(country string) []int {
	files, _ := fs.Glob(productionFiles, "data/"+strings.ToLower(country)+"-*.json")
	var years []int
	for _, f := range files {
		var y int
		if _, err := fmt.Sscanf(f[strings.LastIndex(f, "-")+1:], "%d.json", &y); err == nil {
			years = append(years, y)
		}
	}
	return years
}

func (p *ProductionYear) read(file productionFile) error {
	off, err := dates(file.Holidays)
	if err != nil {
		return err
	}
	p.Worked = make(map[Date]time.Weekday)
	for _, m := range file.Moved {
		pair, err := dates([]string{m.From, m.To})
		if err != nil {
			return err
		}
		if !slices.Contains(off, pair[0]) {
			p.Worked[pair[0]] = pair[1].Weekday()
		}
		off = append(off, pair[1])
	}
	slices.Sort(off)
	p.Off = slices.Compact(off)
	p.ShortenedBy = time.Duration(file.ShortenedBy) * time.Minute
	p.Shortened, err = dates(file.Shortened)
	return err
}

func dates(texts []string) ([]Date, error) {
	out := make([]Date, 0, len(texts))
	for _, text := range texts {
		d, err := ParseDate(text)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// FullDays is the same calendar without shortened days, for a company that
// keeps its full hours before holidays.
func (p ProductionYear) FullDays() ProductionYear {
	p.Shortened = nil
	return p
}

// Apply gives weekly hours the year's days: days off become holidays, worked
// weekend days and shortened days become overrides in the hours of the week.
// Overrides that s has already stay: the company's own decision wins. Several
// years may be applied one after the other. s itself is not changed; its
// errors are those of [New].
func (p ProductionYear) Apply(s Spec) (Spec, error) {
	c, err := New(s)
	if err != nil || s.Always {
		return s, err
	}
	s.Holidays = slices.Clone(s.Holidays)
	for _, d := range p.Off {
		if text := d.String(); !slices.Contains(s.Holidays, text) {
			s.Holidays = append(s.Holidays, text)
		}
	}
	overrides := make(map[string]Windows)
	for d, like := range p.Worked {
		overrides[d.String()] = texts(c.week[like])
	}
	for _, d := range p.Shortened {
		like, worked := p.Worked[d]
		if !worked {
			like = d.Weekday()
		}
		overrides[d.String()] = texts(shorten(c.week[like], int64(p.ShortenedBy/time.Second)))
	}
	maps.Copy(overrides, s.Overrides)
	s.Overrides = overrides
	return s, nil
}

// shorten takes time from the end of a day.
func shorten(ws []window, by int64) []window {
	out := slices.Clone(ws)
	for len(out) > 0 && by > 0 {
		last := &out[len(out)-1]
		if n := last.close - last.open; n <= by {
			by -= n
			out = out[:len(out)-1]
			continue
		}
		last.close -= by
		by = 0
	}
	return out
}

func texts(ws []window) Windows {
	out := make(Windows, 0, len(ws))
	for _, w := range ws {
		out = append(out, w.String())
	}
	return out
}
