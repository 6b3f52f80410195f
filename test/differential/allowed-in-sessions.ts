import type { AllowedDifference } from "./allowed.ts"

const answer = /^answer$/

/**
 * Says which differences between FleetMCP and the official SDKs are meant in sessions, beside those of `allowed.ts` that
 * are found there too.
 */
export const allowedInSessions: readonly AllowedDifference[] = [
  {
    what: "A message that is JSON, but none of JSON-RPC, is `-32600`",
    match: {
      case: /^message: /,
      at: answer,
      ours: /^400 error -32600$/,
      theirs: /^400 error -32700$/,
    },
    kind: "demanded",
    reason: "`-32700` says that the body could not be parsed; it could.",
    spec: "S-001, JSON-RPC 2.0 §5.1",
  },
  {
    what: "Arrays of messages are of 2025-03-26 alone, and are not empty",
    match: {
      case: /^message: (a batch|a batch of notifications|an empty batch)$/,
      at: answer,
      ours: /^400 error -32600$/,
      theirs: /^20[02] /,
    },
    kind: "demanded",
    reason: "2025-06-18 removed them; JSON-RPC calls an empty array an invalid request.",
    spec: "S-013, JSON-RPC 2.0 §6",
  },
  {
    what: "Refusals by HTTP carry `-32600` in sessions too",
    match: { at: answer, ours: /^(400|404|415) error -32600$/, theirs: /^(400|404|415) error -3200[01]$/ },
    kind: "choice",
    reason: "No revision with sessions names a code; that of the newest keeps clear of -32000 to -32019.",
    spec: "S-098, S-099, S-011",
  },
  {
    what: "What `initialize` lacks is `-32602`, in an answer to it",
    match: {
      case: /^initialize: /,
      at: answer,
      ours: /^200 error -32602$/,
      theirs: /^400 error -32000$/,
    },
    kind: "demanded",
    reason: "It is a request whose parameters are wrong; the SDKs do not see that it is one.",
    spec: "S-027, S-028, JSON-RPC 2.0 §5.1",
  },
  {
    what: "A client need not say its name",
    match: { case: /^initialize: a client without name$/, at: answer, ours: /^200 result complete$/ },
    kind: "choice",
    reason: "What a client says of itself is for display only; no session must fail over it.",
    spec: "S-032, S28/basic/index#meta",
  },
  {
    what: "Whatever a client accepts, it is answered",
    match: { case: /^headers: accepts /, at: answer, ours: /^200 result complete$/, theirs: /^406 / },
    kind: "choice",
    reason: "Clients must send both types; one that does not still reads the JSON that most answers are.",
    spec: "S-092, S11/basic/transports#sending-messages-to-the-server",
  },
  {
    what: "The end of a session is answered with 204",
    match: { case: /^DELETE$/, at: answer, ours: /^204 empty$/, theirs: /^200 empty$/ },
    kind: "choice",
    reason: "There is nothing to say (RFC 9110 §15.3.5).",
    spec: "S-098, S11/basic/transports#session-management",
  },
  {
    what: "Tools that do not exist are an error of the protocol",
    match: {
      case: /^tools\/call: shape /,
      at: answer,
      ours: /^200 error -32602/,
      theirs: /^200 result complete isError$/,
    },
    kind: "demanded",
    reason: "SDK 1 answers with a result.",
    spec: "S-133, S11/server/tools#error-handling",
  },
  {
    what: "Resources that do not exist are `-32002`",
    match: {
      case: /^resources\/read: /,
      at: answer,
      ours: /^200 error -32002/,
      theirs: /^200 (error -3260[23]|result complete)/,
    },
    kind: "demanded",
    reason:
      "The revisions with sessions have a code for it. Which URIs exist is said in the rows of resources.",
    spec: "S-171, S11/server/resources#error-handling",
  },
  {
    what: "A call that asks for a task is run as it is",
    match: {
      case: /^tools\/call: shape task of an older revision$/,
      at: answer,
      ours: /^200 result complete$/,
      theirs: /^200 error -32603/,
    },
    kind: "demanded",
    reason: "Who does not declare tasks ignores what asks for them.",
    spec: "S-305, S11/basic/utilities/tasks",
  },
  {
    what: "That a tool runs in no task is not said",
    match: { at: /tools\[\d+\]\.execution$/, ours: /^absent$/, theirs: /^\{"taskSupport":"forbidden"\}$/ },
    kind: "choice",
    reason: "It is the default.",
    spec: "S-145, S11/basic/utilities/tasks",
  },
  {
    what: "Schemas do not name their dialect in any revision",
    match: {
      at: /[sS]chema(\.properties\.result)?\["\$schema"\]$/,
      ours: /^absent$/,
      theirs: /json-schema\.org/,
    },
    kind: "choice",
    reason: "Ours mean the same in both dialects that the SDKs write.",
    spec: "S-160, S-165",
  },
  {
    what: "Tools say that they take nothing else in sessions too",
    match: {
      at: /tools\[\d+\]\.inputSchema\.(additionalProperties|properties)$/,
      ours: /^(false|absent)$/,
      theirs: /^(absent|\{\})$/,
    },
    kind: "choice",
    reason: '`{ type: "object", additionalProperties: false }` is the form the specification recommends.',
    spec: "S-161, S11/server/tools#tool",
  },
  {
    what: "A schema says that its value was wrapped",
    match: {
      at: /outputSchema\.x-fastmcp-wrap-result$/,
      theirs: /^absent$/,
    },
    kind: "addition",
    reason: "Clients that know the mark give the value itself back.",
    spec: "S-140, S11/server/tools#output-schema",
  },
  {
    what: "Values that are no objects are wrapped",
    match: {
      case: /^tools\/call users: |tools\/list|^message: |cursor|id/,
      at: /(result\.structuredContent|tools\[\d+\]\.outputSchema)$/,
      ours: /"result"/,
      theirs: /^absent$/,
    },
    kind: "addition",
    reason: "SDK 1 has no schemas but of objects, so the same tool has none there.",
    spec: "S-140, S11/server/tools#structured-content",
  },
  {
    what: "What 2025-03-26 does not know is not sent to it",
    match: {
      at: /\.(title|_meta|structuredContent|outputSchema|mimeType|name|uri)$/,
      ours: /^absent$/,
      theirs: /^(".*"|\{.*\})/,
    },
    kind: "demanded",
    reason:
      "Titles, output schemas, structured content, resource links and `_meta` of components came with 2025-06-18; negotiated is what came before.",
    spec: "S-029, S-141",
  },
  {
    what: "Older clients get the title of a tool as an annotation",
    match: { at: /tools\[\d+\]\.annotations(\.title)?$/, ours: /^("|\{"title":)/, theirs: /^absent$/ },
    kind: "addition",
    reason: "2025-03-26 has a title among the annotations.",
    spec: "S-029, S03/server/tools#tool",
  },
  {
    what: "Older clients get the titles of other components as descriptions",
    match: {
      case: /^(resources|resources\/templates|prompts)\/list: /,
      at: /\.description$/,
      ours: /^"/,
      theirs: /^absent$/,
    },
    kind: "addition",
    reason: "Where there is a title and no description, 2025-03-26 has no better place for it.",
    spec: "S-029, S03/server/resources#resource",
  },
  {
    what: "Older clients get resource links as text",
    match: {
      case: /^tools\/call mixed: /,
      at: /content\[3\]\.(type|text)$/,
      ours: /^"(text|app <config:\/\/app>)"$/,
    },
    kind: "demanded",
    reason: "2025-03-26 has no resource links.",
    spec: "S-141",
  },
  {
    what: "What a revision has no form for is not asked",
    match: {
      case: /^asking a form, /,
      at: answer,
      ours: /^200 result complete isError$/,
      theirs: /^200 elicitation\/create /,
    },
    kind: "demanded",
    reason: "2025-03-26 has no elicitation, whatever its client declares.",
    spec: "S-029, S-243",
  },
  {
    what: "What the client did not declare is not asked",
    match: {
      case: /: without the capability$/,
      at: answer,
      ours: /^200 result complete isError$/,
      theirs: /^0 hang$/,
    },
    kind: "demanded",
    reason: "SDK 1 asks all the same, unless it is told to look, and waits.",
    spec: "S-029, S11/basic/lifecycle#operation",
  },
  {
    what: "Forms of 2025-06-18 say no mode",
    match: { case: /^asking a form, /, at: /params\.mode$/, ours: /^absent$/, theirs: /^"form"$/ },
    kind: "demanded",
    reason: "There is one kind of question in that revision.",
    spec: "S-029, S06/client/elicitation#creating-elicitation-requests",
  },
  {
    what: "Questions want no progress",
    match: { case: /^asking /, at: /^messages\[0\]\.params\._meta$/, theirs: /^\{"progressToken":\d+\}$/ },
    kind: "choice",
    reason: "Nobody would hear of it.",
    spec: "S-215, S11/basic/utilities/progress",
  },
  {
    what: "Questions without parameters have empty ones",
    match: { case: /^asking the roots/, at: /^messages\[0\]\.params$/, ours: /^\{\}$/, theirs: /^absent$/ },
    kind: "choice",
    reason: "Both are allowed, and the one is easier to read.",
    spec: "S11/schema ListRootsRequest",
  },
  {
    what: "Subscriptions are there",
    match: {
      case: /^resources\/(un)?subscribe: /,
      at: answer,
      ours: /^200 (result complete|error -32602)$/,
      theirs: /^200 error -32601$/,
    },
    kind: "choice",
    reason: "SDK 2 leaves them to whoever uses it.",
    spec: "S-177, S11/server/resources#subscriptions",
  },
  {
    what: "Progress tokens that are none are ignored",
    match: {
      case: /^tools\/call count: progress token /,
      at: answer,
      ours: /^200 result complete$/,
      theirs: /^400 error -32700$/,
    },
    kind: "choice",
    reason: "No progress can be told under them, which is no reason not to call the tool.",
    spec: "S-215, S11/basic/utilities/progress",
  },
  {
    what: "Arguments that a tool does not take are refused before it says anything",
    match: {
      case: /^tools\/call chatter: an argument it does not take$/,
      at: answer,
      ours: /^200 result complete isError$/,
      theirs: /^200 notifications\/message /,
    },
    kind: "choice",
    reason: "A tool without input takes exactly nothing, as its schema says.",
    spec: "S-134, S-161",
  },
  {
    what: "Results that failed say more in `_meta`",
    match: {
      at: /^messages\[\d\]\.result\._meta$/,
      ours: /^\{"fleetmcp\/(issues|errorId)":/,
      theirs: /^absent$/,
    },
    kind: "addition",
    reason: "Issues for programs, and the id under which the log has an error.",
    spec: "S-134, S-334, S11/basic/index#meta",
  },
]
