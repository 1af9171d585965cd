package postgres

import (
	"regexp"

	"github.com/jackc/pgx/v5"
)

var namedArg = regexp.MustCompile(`@([A-Za-z_][A-Za-z0-9_]*)`)

// Pick returns the arguments of all that sql names, for statements that share one set of values but
// use different ones. A name that is missing in all is an error of the statement, as always with strict
// arguments.
func Pick(sql string, all pgx.StrictNamedArgs) pgx.StrictNamedArgs {
	picked := pgx.StrictNamedArgs{}
	for _, found := range namedArg.FindAllStringSubmatch(sql, -1) {
		if value, ok := all[found[1]]; ok {
			picked[found[1]] = value
		}
	}
	return picked
}
