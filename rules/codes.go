package rules

import "tocsin/rules/condition"

// The codes of diagnostics. A code keeps its meaning for ever; its words may
// become better. C1xx is about the shape of files, C2xx about values, C3xx
// about names that refer to something, C4xx about conditions, C5xx about
// templates, C6xx about secrets; C7xx are warnings about what is most likely
// not meant.
const (
	CodeSyntax        = "C101" // HCL does not parse
	CodeNesting       = "C102" // nested too deep, or an expression too long
	CodeUnknownBlock  = "C103"
	CodeUnknownArg    = "C104"
	CodeMissingArg    = "C105"
	CodeLabels        = "C106" // too many labels, too few, or an invalid one
	CodeTwice         = "C107" // the same block, argument, local or key twice
	CodeArgOrBlock    = "C108" // an argument written as a block, or the reverse
	CodeTakenPath     = "C109" // a file at the path of one of the pack
	CodeType          = "C201" // a value of the wrong type
	CodeValue         = "C202" // a value that is not allowed
	CodeVariable      = "C203" // an unknown variable in HCL
	CodeFunction      = "C204" // an unknown function, or one that failed
	CodeLocal         = "C205" // an unknown local
	CodeCycle         = "C206" // locals that need each other
	CodeNotTemplate   = "C207" // {{ in a value that is no template; a warning
	CodeExcludes      = "C208" // arguments that exclude each other
	CodeWindow        = "C209" // no window, no time of the day, no moment
	CodeUnknownName   = "C301" // an unknown group, event, field or key
	CodeBurstKey      = "C302" // a burst where an event is expected
	CodeCollision     = "C303" // a type, group and severity of the same name
	CodeChannelName   = "C304" // a name that another channel or a kind has
	CodeUnknownKind   = "C305" // an unknown kind of channel
	CodeFieldType     = "C306" // a data field declared with two types
	CodeResolver      = "C307" // a resolver that shares no fields; a warning
	CodeChannel       = "C308" // a channel that its kind refuses
	CodePattern       = "C309" // a pattern that does not compile
	CodeUnbound       = "C310" // a source that reads what any program writes
	CodeNotReady      = "C311" // a channel that lacks something of this host; a warning, for check an error
	CodeTemplate      = "C501" // a template that does not parse
	CodeTemplateName  = "C502" // a name that templates do not have
	CodeTemplateField = "C503" // a data field that the event does not declare
	CodeSecretMissing = "C601" // a secret that is not there; a warning, for check an error
	CodeSecretShown   = "C602" // a secret where it would be shown
	CodeSecretLiteral = "C603" // a secret written into the file; a warning
	CodeDisabled      = "C701" // nothing is dispatched
	CodeTakesAll      = "C702" // a channel without when where others have one
	CodeOverruled     = "C703" // a scoped key that a more specific one overrules
	CodeNoEffect      = "C704" // a scoped key that changes nothing
	CodeDefaultNumber = "C705" // default on a number, which swallows 0
	CodePlainHTTP     = "C706" // listening to the network without TLS
	CodeNever         = "C707" // a condition that holds for no event
	CodeHidden        = "C708" // a rule that an earlier one hides
	CodeExpired       = "C709" // a silence that is over
	CodeEndless       = "C710" // a silence without end
	CodeBurstOff      = "C711" // a burst over events that are off
	CodeUnreached     = "C712" // a channel that nothing reaches
	CodeDigestQuiet   = "C713" // a digest that is due in quiet hours
	CodeForeign       = "C714" // a field that none of a rule's events has
	CodeUnresolved    = "C715" // a cause or reminder that nothing resolves
	CodeIdleRule      = "C716" // a rule that does nothing, a test that expects nothing
	CodeOffChannel    = "C717" // a channel that is named and switched off
	CodeUnindexed     = "C718" // many rules that are tried for every event
	CodeNoDigest      = "C719" // events for a digest that the channel does not have
	CodeTestType      = "C720" // a test of a type that nobody declares
	CodeIdleRate      = "C721" // a rate that the service's own pace is below
	CodeStranded      = "C722" // messages that wait for a channel that is gone or switched off
	CodeUnanchored    = "C730" // a pattern that fits in the middle of a message
	CodeNoLiteral     = "C731" // a pattern without a fixed text
	CodeUnknownWorker = "C732" // a worker that is nearly a known one
	CodeUnknownPost   = "C733" // a type of notifications that is nearly a known one
	CodeNotResolver   = "C734" // a source whose resolved does not resolve what it emits
	CodeLevels        = "C735" // a critical level that is reached before the warning one
)

// The codes of conditions, which rules/condition gives.
const (
	CodeConditionSyntax     = condition.CodeSyntax
	CodeConditionName       = condition.CodeName
	CodeConditionType       = condition.CodeType
	CodeConditionLiteral    = condition.CodeLiteral
	CodeConditionRefused    = condition.CodeRefused
	CodeConditionUndeclared = condition.CodeUndeclared
	CodeConditionGlob       = condition.CodeGlob
)
