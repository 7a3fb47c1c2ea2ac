package notifications_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/sources/pve/notifications"
)

const address = "http://127.0.0.1:8008/api/notifications/webhook"

const registered = `webhook: tocsin
	body eyAidGl0bGUiOiAie3sgZXNjYXBlIHRpdGxlIH19IiwgIm1lc3NhZ2UiOiAie3sgZXNjYXBlIG1lc3NhZ2UgfX0iLCAic2V2ZXJpdHkiOiAie3sgc2V2ZXJpdHkgfX0iLCAidGltZXN0YW1wIjogInt7IHRpbWVzdGFtcCB9fSIsICJmaWVsZHMiOiB7eyBqc29uIGZpZWxkcyB9fSB9
	header name=Content-Type,value=YXBwbGljYXRpb24vanNvbg==
	method post
	url http://127.0.0.1:8008/api/notifications/webhook

matcher: tocsin-matcher
	comment Route all notifications to tocsin
	mode all
	target tocsin
`

func files(t *testing.T, public, private string) notifications.Files {
	t.Helper()
	f, err := notifications.Read([]byte(public), []byte(private))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func register(t *testing.T, f notifications.Files, target notifications.Target) notifications.Files {
	t.Helper()
	f, err := f.Register(target)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestRegister: what stands in the files afterwards.
func TestRegister(t *testing.T) {
	for name, tt := range map[string]struct{ public, private, want, wantPrivate string }{
		"empty":            {"", "", registered, "webhook: tocsin\n"},
		"behind others":    {hook, "webhook: bell\n", hook + "\n" + registered, "webhook: bell\n\nwebhook: tocsin\n"},
		"no final newline": {strings.TrimSuffix(hook, "\n"), "webhook: bell", hook + "\n" + strings.TrimSuffix(registered, "\n"), "webhook: bell\n\nwebhook: tocsin"},
		"carriage returns": {strings.ReplaceAll(hook, "\n", "\r\n"), "", strings.ReplaceAll(hook+"\n"+registered, "\n", "\r\n"), "webhook: tocsin\n"},
		"there already":    {registered, "webhook: tocsin\n", registered, "webhook: tocsin\n"},
		"private missing":  {registered, "", registered, "webhook: tocsin\n"},
		"matcher missing":  {strings.SplitAfter(registered, "webhook\n")[0], "webhook: tocsin\n", registered, "webhook: tocsin\n"},
		"another port": {
			strings.Replace(registered, "8008", "9090", 1) + "\n" + hook, "webhook: tocsin\n", registered + "\n" + hook, "webhook: tocsin\n",
		},
		"switched off":         {strings.Replace(registered, "\tmethod", "\tdisable 1\n\tmethod", 1), "", registered, "webhook: tocsin\n"},
		"matcher switched off": {strings.Replace(registered, "\tmode", "\tdisable 1\n\tmode", 1), "", registered, "webhook: tocsin\n"},
		"matcher without us":   {strings.Replace(registered, "target tocsin", "target bell", 1), "", registered, "webhook: tocsin\n"},
		"twice":                {strings.Replace(registered, "8008", "9090", 1) + "\n" + registered, "webhook: tocsin\n\nwebhook: tocsin\n", registered, "webhook: tocsin\n"},
	} {
		got := register(t, files(t, tt.public, tt.private), notifications.Target{URL: address})
		if diff := cmp.Diff(tt.want, got.Public.Text); diff != "" {
			t.Errorf("%s: public (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(tt.wantPrivate, got.Private.Text); diff != "" {
			t.Errorf("%s: private (-want +got):\n%s", name, diff)
		}
		if st := got.State(); !st.Registered || st.URL != address || len(st.Troubles) > 0 {
			t.Errorf("%s: got %+v", name, st)
		}
	}
}

// TestWhatSaysTheSameStays: Proxmox VE writes our sections anew, and people may add to
// them what does not disturb.
func TestWhatSaysTheSameStays(t *testing.T) {
	for name, text := range map[string]string{
		"normalised":        strings.Replace(strings.ReplaceAll(registered, "\t", "   "), "webhook: tocsin", "webhook:tocsin", 1),
		"with a comment":    strings.Replace(registered, "\tmethod", "\tcomment mine\n\tdisable false\n\torigin user-created\n\tmethod", 1),
		"quoted header":     strings.Replace(registered, "name=Content-Type,value=YXBwbGljYXRpb24vanNvbg==", `value="YXBwbGljYXRpb24vanNvbg==",name=Content-Type`, 1),
		"rules of somebody": strings.Replace(registered, "\tmode all", "\tmatch-severity error\n\tmode any\n\ttarget mail", 1),
	} {
		before := files(t, text, "webhook: tocsin\n")
		if got := register(t, before, notifications.Target{URL: address}); got.Public != before.Public || got.Private != before.Private {
			t.Errorf("%s: changed to\n%s", name, got.Public.Text)
		}
	}
}

// TestSecret: the shared secret goes into the private file alone, and no text that is
// shown has it.
func TestSecret(t *testing.T) {
	secret := event.NewSecret("s3cret/of+mine")
	f := register(t, files(t, hook, "gotify: phone\n\ttoken AbC\n"), notifications.Target{URL: address, Secret: secret})
	for _, line := range []string{
		"\theader name=X-Webhook-Secret,value=e3sgc2VjcmV0cy50b2tlbiB9fQ==\n", "\theader name=X-Tocsin-Timestamp,value=e3sgdGltZXN0YW1wIH19\n",
	} {
		if !strings.Contains(f.Public.Text, line) {
			t.Errorf("lacks %q:\n%s", line, f.Public.Text)
		}
	}
	if want := "gotify: phone\n\ttoken AbC\n\nwebhook: tocsin\n\tsecret name=token,value=czNjcmV0L29mK21pbmU=\n"; f.Private.Text != want {
		t.Errorf("got private file\n%s", f.Private.Text)
	}
	if want := "gotify: phone\n\ttoken [set]\n\nwebhook: tocsin\n\tsecret name=token,value=[set]\n"; f.Private.Masked() != want {
		t.Errorf("masked to\n%s", f.Private.Masked())
	}
	if st := f.State(); !st.Registered || !st.Secret {
		t.Errorf("got %+v", st)
	}
	other := register(t, f, notifications.Target{URL: address, Secret: event.NewSecret("another")})
	if other.Public != f.Public || other.Private == f.Private {
		t.Error("another secret should change the private file alone")
	}
	none := register(t, f, notifications.Target{URL: address})
	if strings.Contains(none.Public.Text+none.Private.Text, "secret") || none.State().Secret {
		t.Errorf("the secret stays:\n%s%s", none.Public.Text, none.Private.Text)
	}
}

// TestMasked: literal secrets of others are not shown.
func TestMasked(t *testing.T) {
	f := files(t, "webhook: chat\n\tmethod post\n\turl https://chat.example/bot123:tok\n\theader name=Authorization,value=c2VjcmV0\n\tbody c2VjcmV0\n\n"+
		"gotify: phone\n\tserver http://phone.example/x\n\tcomment phone\n\n"+strings.Replace(registered, "YXBwbGljYXRpb24vanNvbg==", "c2VjcmV0", 1), "smtp: relay\n\tpassword  password \n")
	want := "webhook: chat\n\tmethod post\n\turl https://chat.example/[set]\n\theader name=Authorization,value=[set]\n\tbody [set]\n\n" +
		"gotify: phone\n\tserver http://phone.example/[set]\n\tcomment phone\n\n" + strings.Replace(registered, "YXBwbGljYXRpb24vanNvbg==", "[set]", 1)
	if diff := cmp.Diff(want, f.Public.Masked()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := "smtp: relay\n\tpassword  [set] \n"; f.Private.Masked() != want {
		t.Errorf("masked to %q", f.Private.Masked())
	}
}

// TestNamesOfOthers: an id of ours that another section has is told, and nothing is
// replaced.
func TestNamesOfOthers(t *testing.T) {
	for name, tt := range map[string]struct {
		public, private string
		line            int
	}{
		"a matcher":          {hook + "\nmatcher: tocsin\n\ttarget bell\n", "", 5},
		"an endpoint":        {"sendmail: tocsin\n", "", 1},
		"the matcher's name": {"sendmail: tocsin-matcher\n", "", 1},
		"in the private one": {"", "\nsmtp: tocsin\n", 2},
	} {
		before := files(t, tt.public, tt.private)
		after, err := before.Register(notifications.Target{URL: address})
		if fault, ok := errors.AsType[*notifications.Fault](err); !ok || fault.Line != tt.line || !strings.Contains(fault.Reason, "is taken") {
			t.Errorf("%s: got %v", name, err)
		}
		if after.Public.Text != tt.public || after.Private.Text != tt.private {
			t.Errorf("%s: changed", name)
		}
	}
	if _, err := files(t, "", "").Register(notifications.Target{URL: "http://a_b/"}); err == nil {
		t.Error("an address that Proxmox VE refuses was taken")
	}
}

// TestUnregister takes everything of ours out, wherever it stands by now.
func TestUnregister(t *testing.T) {
	mine := strings.SplitAfter(registered, "webhook\n\n")
	for name, tt := range map[string]struct{ public, private, want, wantPrivate string }{
		"alone":       {registered, "webhook: tocsin\n", "", ""},
		"first":       {registered + "\n" + hook, "webhook: tocsin\n\nwebhook: bell\n", hook, "webhook: bell\n"},
		"moved about": {mine[1] + "\n" + hook + "\n\n" + mine[0] + "matcher: last\n", "", hook + "\n\nmatcher: last\n", ""},
		"with matchers of others": {
			"matcher: all\n\ttarget tocsin\n\tmode any\n\ttarget bell\n\n" + registered + "\nmatcher: only\n\ttarget tocsin", "webhook: tocsin\n",
			"matcher: all\n\tmode any\n\ttarget bell\n\nmatcher: only\n", "",
		},
		"a target of somebody else": {"gotify: tocsin\n\tserver http://a.example\n\nmatcher: all\n\ttarget tocsin\n", "", "gotify: tocsin\n\tserver http://a.example\n\nmatcher: all\n\ttarget tocsin\n", ""},
		"nothing there":             {hook, "webhook: bell\n", hook, "webhook: bell\n"},
		"left over":                 {"", "webhook: tocsin\n\tsecret name=a,value=b\n", "", ""},
	} {
		got, err := files(t, tt.public, tt.private).Unregister()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff([]string{tt.want, tt.wantPrivate}, []string{got.Public.Text, got.Private.Text}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestState: what keeps a registration from working has its sentence.
func TestState(t *testing.T) {
	for name, tt := range map[string]struct{ public, private, trouble string }{
		"no private section": {registered, "", "priv/notifications.cfg has no section"},
		"switched off":       {strings.Replace(registered, "\tmethod", "\tdisable 1\n\tmethod", 1), "webhook: tocsin\n", "switched off"},
		"no matcher":         {strings.Replace(registered, "target tocsin", "target bell", 1), "webhook: tocsin\n", "no matcher"},
		"replaced":           {registered + "\nmatcher: tocsin\n", "webhook: tocsin\n", "a section of type matcher has the name"},
		"twice":              {registered + "\n" + registered, "webhook: tocsin\n", "2 times"},
		"no secret":          {strings.Replace(registered, "Content-Type", "x-webhook-secret", 1), "webhook: tocsin\n", "secret is missing"},
	} {
		st := files(t, tt.public, tt.private).State()
		if !slices.ContainsFunc(st.Troubles, func(s string) bool { return strings.Contains(s, tt.trouble) }) {
			t.Errorf("%s: got %q", name, st.Troubles)
		}
	}
	if st := files(t, hook, "").State(); st.Registered || len(st.Troubles) > 0 {
		t.Errorf("got %+v of a host that never heard of us", st)
	}
}

// roundTrip registers and takes back: the bytes are those from before, but for what was
// ours or named us.
func roundTrip(t *testing.T, before notifications.Files) {
	t.Helper()
	for _, secret := range []event.Secret{{}, event.NewSecret("of mine")} {
		with, err := before.Register(notifications.Target{URL: address, Secret: secret})
		if err != nil {
			if _, told := errors.AsType[*notifications.Fault](err); told && strings.Contains(err.Error(), "is taken") {
				return
			}
			t.Fatalf("register: %v", err)
		}
		if st := with.State(); !st.Registered || len(st.Troubles) > 0 {
			t.Fatalf("registered, but %+v", st)
		}
		if again := register(t, with, notifications.Target{URL: address, Secret: secret}); again.Public != with.Public || again.Private != with.Private {
			t.Fatal("registering again changes something")
		}
		without, err := with.Unregister()
		if err != nil {
			t.Fatalf("unregister: %v", err)
		}
		want, err := before.Unregister()
		if err != nil {
			t.Fatalf("unregister: %v", err)
		}
		if !mentions(before) {
			want = before
		}
		if diff := cmp.Diff([]string{want.Public.Text, want.Private.Text}, []string{without.Public.Text, without.Private.Text}); diff != "" {
			t.Fatalf("not as it was (-want +got):\n%s", diff)
		}
	}
}

// mentions reports whether files have something of ours already.
func mentions(f notifications.Files) bool {
	return strings.Contains(f.Public.Text+f.Private.Text, notifications.TargetID)
}

func FuzzRegister(f *testing.F) {
	f.Add(hook, "webhook: bell\n")
	f.Add(strings.ReplaceAll(hook, "\n", "\r\n"), "webhook: bell\r")
	f.Add(strings.TrimSuffix(hook, "\n"), "smtp: relay\n\tpassword x")
	f.Add(registered+"\nmatcher: m1\n\ttarget tocsin\n\tmatch-calendar mon..fri 8-17\n", "webhook: tocsin\n\tsecret name=a,value=Yg==")
	f.Add("sendmail: post\n\tcomment\r", "\n \n")
	f.Fuzz(func(t *testing.T, public, private string) {
		before, err := notifications.Read([]byte(public), []byte(private))
		if err != nil {
			if fault, ok := errors.AsType[*notifications.Fault](err); !ok || fault.Line < 1 || fault.Reason == "" || fault.Do == "" {
				t.Fatalf("got error %#v", err)
			}
			return
		}
		if len(public) > notifications.MaxSize/2 || len(private) > notifications.MaxSize/2 {
			return
		}
		before.Public.Masked()
		if mentions(before) { // what was ours is not there afterwards, and what was not is told apart by Register itself
			with, err := before.Register(notifications.Target{URL: address})
			if err == nil && !with.State().Registered {
				t.Fatalf("got %+v", with.State())
			}
			if _, err := before.Unregister(); err != nil {
				t.Fatalf("unregister: %v", err)
			}
			return
		}
		roundTrip(t, before)
	})
}
