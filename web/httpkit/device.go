package httpkit

import "strings"

// browsers and systems are what a User-Agent is looked through for; the first found counts, so
// that who claims to be somebody else too stands before them.
var (
	browsers = [][2]string{
		{"YaBrowser/", "Yandex Browser"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"OPR/", "Opera"},
		{"Edg", "Edge"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	}
	systems = [][2]string{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)

// Device is a browser as its owner would call it, "Chrome, Android": without a version, so that
// it tells nobody more. Empty when nothing is known.
func Device(userAgent string) string {
	var parts []string
	for _, list := range [][][2]string{browsers, systems} {
		for _, mark := range list {
			if strings.Contains(userAgent, mark[0]) {
				parts = append(parts, mark[1])
				break
			}
		}
	}
	return strings.Join(parts, ", ")
}
