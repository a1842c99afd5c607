package ui

// Icon names a drawing of our own set: strokes of 1.6 on a grid of 24, round
// ends, no fill. An icon never stands alone for a meaning: a word is beside
// it or in its label.
type Icon string

// The set.
const (
	IconWatch    Icon = "watch"
	IconFleet    Icon = "fleet"
	IconCases    Icon = "cases"
	IconFaults   Icon = "faults"
	IconAdmin    Icon = "admin"
	IconSearch   Icon = "search"
	IconSun      Icon = "sun"
	IconMoon     Icon = "moon"
	IconGlobe    Icon = "globe"
	IconBack     Icon = "back"
	IconNext     Icon = "next"
	IconDown     Icon = "down"
	IconClose    Icon = "close"
	IconCheck    Icon = "check"
	IconCopy     Icon = "copy"
	IconPlus     Icon = "plus"
	IconAlert    Icon = "alert"
	IconWell     Icon = "well"
	IconNote     Icon = "note"
	IconMailIn   Icon = "mail-in"
	IconMailOut  Icon = "mail-out"
	IconPhone    Icon = "phone"
	IconCommand  Icon = "command"
	IconChange   Icon = "change"
	IconClock    Icon = "clock"
	IconPause    Icon = "pause"
	IconPlug     Icon = "plug"
	IconPerson   Icon = "person"
	IconReceipt  Icon = "receipt"
	IconShop     Icon = "shop"
	IconFile     Icon = "file"
	IconWrench   Icon = "wrench"
	IconShield   Icon = "shield"
	IconDownload Icon = "download"
	IconPrint    Icon = "print"
	IconHelp     Icon = "help"
	IconLink     Icon = "link"
	IconExit     Icon = "exit"
	IconMore     Icon = "more"
)

// Icons lists the set.
func Icons() []Icon {
	return []Icon{
		IconWatch, IconFleet, IconCases, IconFaults, IconAdmin, IconSearch, IconSun, IconMoon,
		IconGlobe, IconBack, IconNext, IconDown, IconClose, IconCheck, IconCopy, IconPlus,
		IconAlert, IconWell, IconNote, IconMailIn, IconMailOut, IconPhone, IconCommand, IconChange,
		IconClock, IconPause, IconPlug, IconPerson, IconReceipt, IconShop, IconFile, IconWrench,
		IconShield, IconDownload, IconPrint, IconHelp, IconLink, IconExit, IconMore,
	}
}

// drawings are the SVG path data of the set. The table is never written to.
var drawings = map[Icon]string{
	IconWatch:    "M4 16a8 8 0 1 1 16 0M12 16l3.5-4.5M4 19.5h16",                                                                       // an eye-level gauge
	IconFleet:    "M3.5 13.5h7v6h-7zM13.5 13.5h7v6h-7zM5 13.5l.8-4h2.4l.8 4M15 13.5l.8-4h2.4l.8 4M7 9.5v-4M17 9.5v-4",                  // registers side by side
	IconCases:    "M6 5h12v15.5H6zM9.5 5V3.5h5V5M9 10h6M9 13.5h6M9 17h3.5",                                                             // a paper on a clip
	IconFaults:   "M12 6.5C10 5 7 4.7 3.5 5v13.5c3.5-.3 6.5 0 8.5 1.5M12 6.5c2-1.5 5-1.8 8.5-1.5v13.5c-3.5-.3-6.5 0-8.5 1.5M12 6.5V20", // an open book
	IconAdmin:    "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8v4.4M9 14.8v4.4",                                                                 // sliders
	IconSearch:   "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM15 15l5 5",
	IconSun:      "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
	IconMoon:     "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
	IconGlobe:    "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.5c3 2.5 3.8 5.5 3.8 8.5s-.8 6-3.8 8.5c-3-2.5-3.8-5.5-3.8-8.5s.8-6 3.8-8.5z",
	IconBack:     "M14.5 5.5L8 12l6.5 6.5",
	IconNext:     "M9.5 5.5L16 12l-6.5 6.5",
	IconDown:     "M6 9.5l6 6 6-6",
	IconClose:    "M6 6l12 12M18 6L6 18",
	IconCheck:    "M4.5 12.5l5 5L19.5 7",
	IconCopy:     "M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4",
	IconPlus:     "M12 5v14M5 12h14",
	IconAlert:    "M12 4L21 19.5H3zM12 10v4.5M12 17v.2",
	IconWell:     "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM8 12.3l2.8 2.8L16 9.5",
	IconNote:     "M4.5 19.5l1-4L16 5l3 3L8.5 18.5zM14 7l3 3",
	IconMailIn:   "M3.5 6h17v12.5h-17zM3.5 7l8.5 6.5L20.5 7",
	IconMailOut:  "M20.5 4L3.5 10.5l6.5 3 3 6.5zM10 13.5L20.5 4",
	IconPhone:    "M6 4h3.5l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5V18a2 2 0 0 1-2 2A15.5 15.5 0 0 1 4 6a2 2 0 0 1 2-2z",
	IconCommand:  "M4 6l5.5 6L4 18M12.5 18H20",
	IconChange:   "M4 9h14l-3.5-3.5M20 15H6l3.5 3.5",
	IconClock:    "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7v5.2l3.5 2",
	IconPause:    "M8.5 5.5v13M15.5 5.5v13",
	IconPlug:     "M9 3.5V8M15 3.5V8M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v3.5",
	IconPerson:   "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20.5c.7-4 3.6-6 7.5-6s6.8 2 7.5 6",
	IconReceipt:  "M6 3.5h12V20l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5L6 20zM9 8h6M9 12h6",
	IconShop:     "M4.5 10v9.5h15V10M3.5 10L5.5 4.5h13l2 5.5zM10 19.5V14h4v5.5",
	IconFile:     "M6 3.5h8l4 4v13H6zM14 3.5v4h4",
	IconWrench:   "M14.5 9.5l-9 9a2 2 0 0 1-2.5-2.5l9-9M11.8 7.2A4.5 4.5 0 0 1 17.5 3.8L15 6.5 17.5 9l2.7-2.5a4.5 4.5 0 0 1-5.9 3.3",
	IconShield:   "M12 3.5l7.5 2.5v6c0 4.5-3 7.5-7.5 9-4.5-1.5-7.5-4.5-7.5-9V6z",
	IconDownload: "M12 4v11M7 10.5l5 5 5-5M4.5 20h15",
	IconPrint:    "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
	IconHelp:     "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.5v.2",
	IconLink:     "M10 14l4-4M8.5 11l-3 3a3.2 3.2 0 0 0 4.5 4.5l3-3M15.5 13l3-3A3.2 3.2 0 0 0 14 5.5l-3 3",
	IconExit:     "M14 4H5v16h9M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5",
	IconMore:     "M6 12v.2M12 12v.2M18 12v.2",
}

// path is the drawing, as SVG path data; an unknown icon is a dot, so that a
// page stays whole.
func (i Icon) path() string {
	if d, ok := drawings[i]; ok {
		return d
	}
	return "M12 12h.1"
}
