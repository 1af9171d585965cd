package messages

import (
	"context"

	"shtab/internal/roster"
	"shtab/web/ui"
)

// view is the messages of an event, and the form of the next one.
type view struct {
	Event    roster.Event
	Draft    roster.NewMessage
	Sent     []roster.Message
	Left     int // messages that may still be sent today
	Readers  int // of the draft; 0: it is still being written
	Closed   bool
	Problems map[string]string
}

// fieldOrder is the form's fields in its order, for the summary of what is wrong.
var fieldOrder = []string{"audience", "subject_kk", "body_kk", "subject_ru", "body_ru", "subject_en", "body_en"}

func audienceText(ctx context.Context, audience string) string {
	return ui.T(ctx, "message.audience."+audience)
}

func audienceOptions(ctx context.Context) (options []ui.Option) {
	for _, a := range roster.Audiences {
		options = append(options, ui.Option{Value: a, Text: audienceText(ctx, a)})
	}
	return options
}
