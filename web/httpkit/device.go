package httpkit

import "strings"

// browsers and systems are the names to look for in a User-Agent. The first match counts, so a browser
// that also claims to be another one comes before it.
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
		{"Android", "Android"},
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Windows", "Windows"},
		{"Mac OS X", "macOS"},
		{"CrOS", "ChromeOS"},
		{"Linux", "Linux"},
	}
)

// Device describes a browser for its owner, such as "Chrome, Android", without a version, which nobody
// needs. Empty when the browser is unknown.
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
