package apprise

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tocsin/channels"
	"tocsin/channels/address"
)

// urlField is the field with the address.
const urlField = "url"

// delegate finds the kind that an address is of, and the values that it writes.
// An address of a service that no kind speaks stays with Apprise.
func delegate(self *channels.Kind, kinds []channels.Kind, v channels.Values) (*channels.Kind, channels.Values, error) {
	u, err := address.Parse(v.Secret(urlField).Reveal())
	if err != nil {
		return nil, nil, wrongAddress(err)
	}
	for i := range kinds {
		if !slices.Contains(kinds[i].Schemes, u.Scheme()) {
			continue
		}
		values, err := kinds[i].FromURL(u)
		if err != nil {
			return nil, nil, wrongAddress(err)
		}
		return &kinds[i], values, nil
	}
	if isWeb(u) {
		return website(kinds, u)
	}
	return self, v, nil
}

// website finds the kind whose service has a web address of that form.
func website(kinds []channels.Kind, u address.URL) (*channels.Kind, channels.Values, error) {
	for i := range kinds {
		if kinds[i].FromURL == nil {
			continue
		}
		if values, err := kinds[i].FromURL(u); err == nil {
			return &kinds[i], values, nil
		}
	}
	return nil, nil, &channels.FieldError{
		Field: urlField, Summary: "web address of no service",
		Detail: "No service that tocsin knows has webhooks of this form. Write its Apprise address, or use a channel of the kind webhook.",
	}
}

func isWeb(u address.URL) bool { return u.Scheme() == "http" || u.Scheme() == "https" }

// wrongAddress makes any error about an address one about the field.
func wrongAddress(err error) error {
	if fault, ok := errors.AsType[*address.Error](err); ok {
		summary := "invalid address"
		if fault.Scheme != "" {
			summary = fmt.Sprintf("invalid %s:// address", fault.Scheme)
		}
		return &channels.FieldError{Field: urlField, Summary: summary, Detail: sentence(fault.Problem) + "; " + fault.Remedy}
	}
	if field, ok := errors.AsType[*channels.FieldError](err); ok {
		detail := field.Detail
		if field.Field != "" && field.Field != urlField {
			detail = field.Field + ": " + detail
		}
		return &channels.FieldError{Field: urlField, Summary: field.Summary, Detail: detail}
	}
	return &channels.FieldError{Field: urlField, Summary: "invalid address", Detail: err.Error()}
}

// sentence begins a text with a capital.
func sentence(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
