package main

import "golang.org/x/sys/windows"

// systemLanguage is the language that Windows itself speaks to this user, ""
// where it does not say.
func systemLanguage() string {
	tags, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(tags) == 0 {
		return ""
	}
	return tags[0]
}
