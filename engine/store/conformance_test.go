package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tocsin/engine/store/storetest"
)

// postgres is the server of this package's tests, started when first asked for.
var postgres storetest.Server

func TestMain(m *testing.M) { os.Exit(storetest.Run(m, &postgres)) }

// onPostgres reports whether a test is to run on PostgreSQL: those below
// TestPostgres are.
func onPostgres(t testing.TB) bool { return strings.HasPrefix(t.Name(), "TestPostgres/") }

// conformance are the tests that hold for both engines.
func conformance() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"TestRecordedEvent": TestRecordedEvent, "TestLongEventsAreNotRecorded": TestLongEventsAreNotRecorded,
		"TestRecordedFilter": TestRecordedFilter, "TestCrowdedEvents": TestCrowdedEvents,
		"TestRequeue": TestRequeue, "TestWhatIsBeingSentIsNotRequeued": TestWhatIsBeingSentIsNotRequeued, "TestRebuffer": TestRebuffer,
		"TestTogether": TestTogether, "TestMerge": TestMerge, "TestHealthIsKept": TestHealthIsKept,
		"TestCommit": TestCommit, "TestCommitIsAllOrNothing": TestCommitIsAllOrNothing, "TestCommitOfWhatIsNoJSON": TestCommitOfWhatIsNoJSON,
		"TestCommitLargeBatches": TestCommitLargeBatches, "TestCommitHeedsContextBeforeItBegins": TestCommitHeedsContextBeforeItBegins,
		"TestTimesAreKeptToTheMillisecond": TestTimesAreKeptToTheMillisecond, "TestConcurrentUse": TestConcurrentUse,
		"TestHistoryFilter": TestHistoryFilter, "TestHistoryRefusesOddFilters": TestHistoryRefusesOddFilters,
		"TestHistoryPagesAreBounded": TestHistoryPagesAreBounded, "TestClearHistory": TestClearHistory, "TestDecisionFilter": TestDecisionFilter,
		"TestAgainstModel": TestAgainstModel, "TestClosedStore": TestClosedStore, "TestTablesForUsers": TestTablesForUsers,
		"TestNext": TestNext, "TestOutbox": TestOutbox, "TestQueues": TestQueues, "TestHasten": TestHasten,
		"TestParcelNumbersAreNotReused": TestParcelNumbersAreNotReused, "TestMessageOnlyKeepsWhatItSays": TestMessageOnlyKeepsWhatItSays,
		"TestUnsentFilter": TestUnsentFilter, "TestUnsentRows": TestUnsentRows,
		"TestPrune": TestPrune, "TestPruneWhatIsOver": TestPruneWhatIsOver, "TestPruneStampLog": TestPruneStampLog,
		"TestPruneWorksInPortions": TestPruneWorksInPortions, "TestAWrongClockForgetsLittle": TestAWrongClockForgetsLittle,
		"TestReaderBesideADaemon":       TestReaderBesideADaemon,
		"TestWhenOnlyRecordsAreRefused": TestWhenOnlyRecordsAreRefused, "TestWhatIsToldTogetherNeedsNoRecord": TestWhatIsToldTogetherNeedsNoRecord,
		"TestOtherTablesAreNoRecords": TestOtherTablesAreNoRecords, "TestARecordTableThatIsGone": TestARecordTableThatIsGone,
		"TestResendable": TestResendable, "TestTokens": TestTokens, "TestAccounts": TestAccounts, "TestAccountsRefuse": TestAccountsRefuse,
		"TestLoginLinks": TestLoginLinks, "TestSessions": TestSessions, "TestSessionsOfAnAccountAreBounded": TestSessionsOfAnAccountAreBounded,
		"TestTrace": TestTrace, "TestTraceOfAFoldedEvent": TestTraceOfAFoldedEvent,
		"TestCheckWritesAtMostOnceASecond": TestCheckWritesAtMostOnceASecond,
		"TestWaiting":                      TestWaiting, "TestWaitingHasNoBodies": TestWaitingHasNoBodies, "TestGatheredBuffers": TestGatheredBuffers,
		"TestUnknownBufferIsRefused": TestUnknownBufferIsRefused, "TestTheLastPositionOfASourceCounts": TestTheLastPositionOfASourceCounts, "TestOpenAgain": TestOpenAgain, "TestWaits": TestWaits,
	}
}

// TestPostgres runs the tests that hold for both engines on PostgreSQL.
func TestPostgres(t *testing.T) {
	for name, test := range conformance() {
		t.Run(strings.TrimPrefix(name, "Test"), test)
	}
}

// ofSQLite begin the names of the files with tests of what is SQLite's alone: the
// file, its lock, damage, plans of queries and virtual time.
func ofSQLite() []string {
	return []string{"backup", "copy", "crash", "log", "migrate", "recover", "resume", "salvage", "specimen"}
}

// TestConformanceIsComplete: a test that opens a store is run on both engines, or
// is on the list of those that are SQLite's.
func TestConformanceIsComplete(t *testing.T) {
	alone := []string{
		"TestVirtualTime", "TestOpenMakesPrivateFiles", "TestOpenAppliesSettings", "TestOpenRefusesSecondDaemon", "TestUnreadableMessage", "TestPlans",
		"TestUnsentIsCountedFromTheIndex", "TestHistoryHasASize", "TestAnOlderDatabaseLearnsToShrink", "TestReaderWithoutADaemon", "TestReaderRefuses",
		"TestReaderSaysWhoMayRead", "TestDamageInTheHistoryAlone", "TestResendableIsCounted", "TestWaitsReadsNoMessages",
		"TestAccountsAreCarriedOver", "TestDatabaseFull", "TestDiskFull", "TestReadOnlyDisk", "TestReadOnlyDatabase", "TestLockedDatabase", "TestDiskError",
	}
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if slices.ContainsFunc(ofSQLite(), func(name string) bool { return strings.HasPrefix(file, name) }) || strings.HasPrefix(file, "postgres") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "Test") || !opensStore(f) || slices.Contains(alone, f.Name.Name) {
				continue
			}
			if _, both := conformance()[f.Name.Name]; !both {
				t.Errorf("%s: %s runs on SQLite only: add it to conformance, or say here that it is SQLite's", file, f.Name.Name)
			}
		}
	}
}

func opensStore(f *ast.FuncDecl) (opens bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if name, ok := call.Fun.(*ast.Ident); ok && (name.Name == "openTemp" || name.Name == "openAt") {
				opens = true
			}
		}
		return true
	})
	return opens
}
