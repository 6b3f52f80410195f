import type { Difference } from "./compare.ts"

/**
 * Says which differences between FleetMCP and the official SDK are meant. A difference that no row covers fails the
 * tests, and so does a row that covers nothing. `docs/design/differences.md` is written from these rows.
 */
export interface AllowedDifference {
  /** What differs, as a heading. */
  readonly what: string
  /** How a difference is known: all that is given must fit. */
  readonly match: {
    /** The name of the case. */
    readonly case?: RegExp
    /** The place in the answer; `answer` for its kind, status and code. */
    readonly at: RegExp
    readonly ours?: RegExp
    readonly theirs?: RegExp
  }
  /** Whether the specification demands ours, leaves the choice, or lets us add something. */
  readonly kind: "demanded" | "choice" | "addition"
  readonly reason: string
  /** A line of the requirements (`S-134`) or a place in the specification. */
  readonly spec: string
}

const answer = /^answer$/

export const allowed: readonly AllowedDifference[] = [
  {
    what: "An id that could not be read is left out",
    match: { at: /^messages\[0\]\.id$/, ours: /^absent$/, theirs: /^null$/ },
    kind: "demanded",
    reason: "An id is a string or an integer, and is left out where it could not be read; `null` is neither.",
    spec: "S-001, S-002, S28/basic/index#error-responses",
  },
  {
    what: "A readable id of an unusable message is repeated",
    match: { at: /^messages\[0\]\.id$/, ours: /^(\d+|".*")$/, theirs: /^null$/ },
    kind: "demanded",
    reason:
      "The id is left out only where it could not be read; here it could, so the client can tell what failed.",
    spec: "S-002, S28/basic/index#error-responses",
  },
  {
    what: "An id that is no safe integer is refused, not repeated",
    match: { at: /^messages\[0\]\.id$/, ours: /^absent$/, theirs: /^(9007199254740992|1e\+21|1\.5)$/ },
    kind: "demanded",
    reason:
      "A fraction is no id, and an integer beyond 2^53 comes back as another number: no client would know it.",
    spec: "S-001, S28/basic/index#requests",
  },
  {
    what: "Parameters of the wrong shape are `-32602`",
    match: { at: answer, ours: /^200 error -32602/, theirs: /^200 error -32603/ },
    kind: "demanded",
    reason: "What the client sent is wrong, not the server: `-32603` would tell it to try again.",
    spec: "S-135, S-181, S-193, S28/server/tools#error-handling",
  },
  {
    what: "A malformed `_meta` is `-32602`",
    match: { at: answer, ours: /^400 error -32602/, theirs: /^400 error -32600/ },
    kind: "demanded",
    reason: "The message is good JSON-RPC; what is wrong with it is its parameters.",
    spec: "S-022, S28/basic/index#meta",
  },
  {
    what: "Unknown members of a message are ignored",
    match: {
      case: /^message: (an unknown member|a result too|an error too)$|^body: (a __proto__ member|deep nesting)$|body with/,
      at: answer,
      ours: /^(200 result complete|202 empty)$/,
      theirs: /^400 error -32600/,
    },
    kind: "choice",
    reason: "The schema of a request does not forbid further members, and later revisions may add some.",
    spec: "S28/schema JSONRPCRequest (no `additionalProperties`), S-014",
  },
  {
    what: "What the client says of itself is not policed",
    match: {
      at: answer,
      ours: /^(200|400 error -3202)/,
      theirs: /^400 error -32602 \{"envelope":\{"key":"io\.modelcontextprotocol\/clientInfo/,
    },
    kind: "choice",
    reason: "`clientInfo` is optional and for display only; a call must not fail over it.",
    spec: "S-022, S-032, S28/basic/index#meta",
  },
  {
    what: "What a capability holds is not policed",
    match: {
      case: /clientCapabilities\.(elicitation|sampling)\.(form|url|tools)|body with/,
      at: answer,
      ours: /^(200|400 error -3202)/,
      theirs: /^400 error -32602 \{"envelope":\{"key":"io\.modelcontextprotocol\/clientCapabilities\./,
    },
    kind: "choice",
    reason:
      "A capability must be an object; its settings are read only where a question depends on them, and then their presence is what counts.",
    spec: "S-022, S-023, S28/basic/index#meta",
  },
  {
    what: "A missing version header is told before an unsupported or malformed version",
    match: {
      case: /no header: tools\/list$|header mcp-protocol-version left out/,
      at: answer,
      ours: /^400 error -32020/,
      theirs: /^400 error -(32022|32602)/,
    },
    kind: "choice",
    reason: "Both are errors the request must be refused with; the specification does not order them.",
    spec: "S-035, S-067, S-073",
  },
  {
    what: "A header that contradicts the body is told before parts of `_meta` that are malformed",
    match: {
      case: /^mutation .*(header mcp-|protocolVersion)/,
      at: answer,
      ours: /^400 error -32020/,
      theirs: /^400 error -3260[02]/,
    },
    kind: "choice",
    reason: "Two things are wrong with the request, and the specification does not order them.",
    spec: "S-022, S-035, S-067",
  },
  {
    what: "GET and DELETE are those of sessions",
    match: { at: answer, ours: /^40[04] error -32600/, theirs: /^405 / },
    kind: "choice",
    reason:
      "We serve the revisions with sessions at the same endpoint; the official server is told to refuse them.",
    spec: "S-024, S11/basic/transports#session-management",
  },
  {
    what: "A body that names no version, under a header that names no stateless one, is of an older revision",
    match: { at: answer, ours: /^400 error -32600/, theirs: /^400 error -32022/ },
    kind: "choice",
    reason:
      "We serve the revisions with sessions at the same endpoint; the official server is told to refuse them.",
    spec: "S-024, S-034 (g)",
  },
  {
    what: "`initialize` under a header of this revision is told what `_meta` lacks",
    match: {
      case: /^(handshake: with a header of this version|method initialize: )/,
      at: answer,
      ours: /^400 error -32602/,
      theirs: /^400 error -32020/,
    },
    kind: "choice",
    reason: "Like every other method under such a header. The code for `initialize` is left to the server.",
    spec: "S-034 (f), S28/basic/versioning#compatibility-matrix",
  },
  {
    what: "The refused version is always named",
    match: { at: /^messages\[0\]\.error\.data\.requested$/, theirs: /^absent$/ },
    kind: "demanded",
    reason:
      "`requested` is a required member of this error's data; where nothing was requested it says `none`.",
    spec: "S-021, S28/schema UnsupportedProtocolVersionError",
  },
  {
    what: "Notifications need no headers",
    match: {
      case: /^notification |^mutation .*without id/,
      at: answer,
      ours: /^202 empty$/,
      theirs: /^400 error -32020/,
    },
    kind: "choice",
    reason:
      "This revision defines no headers for notifications, and no notification over HTTP that means something.",
    spec: "S-065, S28/basic/transports/streamable-http#sending-messages",
  },
  {
    what: "A parameter header without such an argument is refused",
    match: {
      case: /^headers place: (one too many|null and a header|an object for an argument)$|^mutation \d+ of place: /,
      at: answer,
      ours: /^400 error -32020/,
      theirs: /^200 result/,
    },
    kind: "demanded",
    reason: "A gateway would route by a value the call does not have: header and body do not match.",
    spec: "S-070, S28/basic/transports/streamable-http#server-validation",
  },
  {
    what: "A parameter header with characters outside ASCII is refused",
    match: {
      case: /^headers place: raw Latin-1$/,
      at: answer,
      ours: /^400 error -32020/,
      theirs: /^200 result/,
    },
    kind: "demanded",
    reason: "Such values are sent as Base64; a recognized header with other characters must be refused.",
    spec: "S-070, S28/basic/transports/streamable-http#server-behavior-for-custom-headers",
  },
  {
    what: "Foreign hosts and origins are refused",
    match: {
      case: /^(host|origin) /,
      at: answer,
      ours: /^403 error -32600/,
      theirs: /^200 result complete$/,
    },
    kind: "demanded",
    reason: "The SDK leaves both checks to what stands in front of it.",
    spec: "S-061, S-062, S28/basic/transports/streamable-http#security--endpoint",
  },
  {
    what: "Refusals by HTTP carry `-32600`",
    match: { at: answer, ours: /^(405|415) error -32600$/, theirs: /^(405|415) error -32000/ },
    kind: "demanded",
    reason: "New implementations should not use codes from -32000 to -32019.",
    spec: "S-011, S28/basic/index#error-codes",
  },
  {
    what: "Answers to HEAD have no body",
    match: { case: /^verb HEAD: /, at: answer, ours: /^405 empty$/, theirs: /^405 error -32000/ },
    kind: "demanded",
    reason: "HTTP has it so (RFC 9110 §9.3.2).",
    spec: "S-078, S28/basic/transports/streamable-http#earlier-streamable-http-revisions",
  },
  {
    what: "A cursor we did not make is refused",
    match: {
      case: /list: cursor (of another server|not base64|empty|very long)$/,
      at: answer,
      ours: /^200 error -32602/,
      theirs: /^200 result complete$/,
    },
    kind: "demanded",
    reason: "The SDK has no pages and ignores cursors.",
    spec: "S-200, S28/server/utilities/pagination#error-handling",
  },
  {
    what: "Arguments that a tool does not take are refused",
    match: {
      case: /^tools\/call \w+: an argument it does not take$/,
      at: answer,
      ours: /^200 result complete isError$/,
      theirs: /^200 result complete$/,
    },
    kind: "choice",
    reason:
      "A tool without input takes exactly nothing, as the specification recommends, and its schema says so.",
    spec: "S-134, S-161, S28/server/tools#tool",
  },
  {
    what: "A tool without input says that it takes nothing",
    match: {
      case: /^(mutation .*list tools|.*tools\/list|body: |message: |id |asking: answers on a method)/,
      at: /^messages\[0\]\.result\.tools\[\d+\]\.inputSchema\.(additionalProperties|properties)$/,
      ours: /^(false|absent)$/,
      theirs: /^(absent|\{\})$/,
    },
    kind: "choice",
    reason: '`{ type: "object", additionalProperties: false }` is the form the specification recommends.',
    spec: "S-161, S28/server/tools#tool",
  },
  {
    what: "An integer does not say that it is a safe one",
    match: {
      at: /[sS]chema\.properties\.\w+\.(minimum|maximum)$/,
      ours: /^absent$/,
      theirs: /^-?9007199254740991$/,
    },
    kind: "choice",
    reason:
      "The bounds that the library adds to every integer tell a model nothing, and cost it reading them.",
    spec: "S-161, S28/server/tools#tool",
  },
  {
    what: "Schemas of the default dialect do not name it",
    match: { at: /[sS]chema\["\$schema"\]$/, ours: /^absent$/, theirs: /draft\/2020-12\/schema"$/ },
    kind: "choice",
    reason:
      "A schema without `$schema` is of the dialect 2020-12, which ours are; every list is smaller by that.",
    spec: "S-160, S28/basic/index#json-schema-usage",
  },
  {
    what: "Problems with arguments come in a stable form too",
    match: { at: /^messages\[0\]\.result\._meta\["fleetmcp\/issues"\]$/, theirs: /^absent$/ },
    kind: "addition",
    reason:
      "`_meta` of results is open to keys with a vendor's prefix; clients that know the key need not parse text.",
    spec: "S-120, S-134, S28/basic/index#meta",
  },
  {
    what: "Errors can be found in the server's log",
    match: {
      at: /(_meta\["fleetmcp\/errorId"\]|error\.data)$/,
      ours: /^("\w{8}"|\{"errorId":"\w{8}"\})$/,
      theirs: /^absent$/,
    },
    kind: "addition",
    reason: "What a handler throws is logged whole; the client gets the id under which it stands there.",
    spec: "S-120, S-334, S28/basic/index#error-responses",
  },
  {
    what: "Errors of headers and `_meta` carry no data",
    match: { at: /^messages\[0\]\.error\.data$/, ours: /^absent$/, theirs: /^\{"(mismatch|envelope)":/ },
    kind: "choice",
    reason: "The specification defines no data for them; the message says what is wrong and what to send.",
    spec: "S28/basic/index#error-responses, S28/schema HeaderMismatchError",
  },
  {
    what: "Other errors carry no reason code",
    match: {
      at: /^messages\[0\]\.error\.data(\.reason)?$/,
      ours: /^absent$/,
      theirs: /^(\{"reason":"invalid_request_state"\}|"invalid_uri")$/,
    },
    kind: "choice",
    reason: "The specification defines no such data; a resource that is not found names its URI.",
    spec: "S-171, S28/basic/index#error-responses",
  },
  {
    what: "A form needs the capability `elicitation`, in whatever form it was declared",
    match: { at: /requiredCapabilities\.elicitation\.form$/, ours: /^absent$/, theirs: /^\{\}$/ },
    kind: "choice",
    reason: "An empty `elicitation` declares forms, so it is all that is missing.",
    spec: "S-023, S-243, S28/client/elicitation#capabilities",
  },
  {
    what: "Answers of the wrong shape are refused",
    match: {
      case: /^asking (register|think|folders): /,
      at: answer,
      ours: /^200 error -32602/,
      theirs: /^200 result (input_required|complete isError)$/,
    },
    kind: "demanded",
    reason: "The SDK drops them and asks again, so that a faulty client never learns what it does wrong.",
    spec: "S-248, S28/basic/patterns/mrtr#error-handling",
  },
  {
    what: "What a model said is refused without the name of the model",
    match: {
      case: /^asking think: without model$/,
      at: answer,
      ours: /^200 error -32602/,
      theirs: /^200 result complete$/,
    },
    kind: "demanded",
    reason: "`model` is no optional member of a CreateMessageResult; the SDK does not look.",
    spec: "S-248, S28/schema CreateMessageResult",
  },
  {
    what: "A state belongs to the call that it was made for",
    match: {
      case: /^asking register: state (of another call|on a tool that never asks)$/,
      at: answer,
      ours: /^200 error -32602/,
      theirs: /^200 result (input_required|complete)$/,
    },
    kind: "demanded",
    reason:
      "States are sealed to principal, method, name and arguments; the SDK does so where it is told to.",
    spec: "S-244, S-245, S28/basic/patterns/mrtr#server-requirements-basic-workflow",
  },
  {
    what: "Completing an argument that does not exist is an error",
    match: {
      case: /^completion\/complete: of (a plain resource|a prompt without arguments|a variable that does not exist|an argument that does not exist)$|^mutation .*argument\.name/,
      at: answer,
      ours: /^200 error -32602/,
      theirs: /^200 result complete$/,
    },
    kind: "demanded",
    reason: "No suggestions for something that is there differ from suggestions for what is not.",
    spec: "S-193, S28/server/utilities/completion#error-handling",
  },
  {
    what: "Completions say less about nothing",
    match: { at: /result\.completion\.(total|hasMore)$/, ours: /^(0|absent)$/, theirs: /^(absent|false|0)$/ },
    kind: "choice",
    reason:
      "Both members are optional. Where there is a completer the total is known; where there is none it is not.",
    spec: "S-191, S28/schema CompleteResult",
  },
  {
    what: "A reference that is not found names its URI",
    match: {
      case: /^completion\/complete: of (a URI that a template matches|an unknown resource)$/,
      at: /^messages\[0\]\.error\.data$/,
      ours: /^\{"uri":/,
      theirs: /^absent$/,
    },
    kind: "addition",
    reason: "As reading it would.",
    spec: "S-171, S28/basic/index#error-responses",
  },
  {
    what: "Bad arguments of a prompt are listed as data too",
    match: {
      case: /^prompts\/get: /,
      at: /^messages\[0\]\.error\.data$/,
      ours: /^\{"fleetmcp\/issues":/,
      theirs: /^absent$/,
    },
    kind: "addition",
    reason: "Programs read the same issues as for tools, where the message is for people.",
    spec: "S-181, S28/basic/index#error-responses",
  },
  {
    what: "A URI has one spelling",
    match: {
      case: /^resources\/read: (an unescaped path|another case of the scheme|dot segments)$/,
      at: answer,
      ours: /^200 error -32602/,
      theirs: /^200 result complete$/,
    },
    kind: "choice",
    reason:
      "URIs are compared as text (RFC 3986 §6.2.1), as are `Mcp-Name`, subscriptions and rules of access that name them; the SDK parses and rewrites them first.",
    spec: "S-175, S-176, S28/server/resources#security-considerations",
  },
  {
    what: "Variables that lead elsewhere are screened",
    match: {
      case: /^resources\/read: a template with a traversal$/,
      at: answer,
      ours: /^200 error -32602/,
      theirs: /^200 result complete$/,
    },
    kind: "demanded",
    reason: "`..` in a variable is not found unless the template says that the variable is no path.",
    spec: "S-176, S28/server/resources#security-considerations",
  },
  {
    what: "Variables arrive decoded",
    match: {
      case: /^resources\/read: a template with (an escaped|a space)/,
      at: /contents\[0\]\.text$/,
      theirs: /%/,
    },
    kind: "demanded",
    reason:
      "A template percent-encodes the values it is expanded with (RFC 6570 §3.2.1), so matching undoes that.",
    spec: "S-174, S28/server/resources#resource-templates",
  },
  {
    what: "Query variables may be left out",
    match: {
      case: /^resources\/read: a template (without its|with an unknown) query$/,
      at: answer,
      ours: /^200 result complete$/,
      theirs: /^200 error -32602/,
    },
    kind: "choice",
    reason:
      "A template expands to nothing where a variable is undefined (RFC 6570 §3.2.8), so such a URI is one of its own; query parameters that it does not know are ignored.",
    spec: "S-174, S28/server/resources#resource-templates",
  },
]

/** A difference in the answers to a case. */
export interface Found extends Difference {
  readonly case: string
  /** The SDK that answers differently; the stateless era is compared with one alone. */
  readonly sdk?: string
}

/** Whether a row speaks of a difference. */
export function covers({ match }: AllowedDifference, difference: Found): boolean {
  return (
    (match.case?.test(difference.case) ?? true) &&
    match.at.test(difference.at) &&
    (match.ours?.test(difference.ours) ?? true) &&
    (match.theirs?.test(difference.theirs) ?? true)
  )
}

export function describeDifference({ case: name, at, ours, theirs, sdk = "" }: Found): string {
  return `${sdk} ${name} | ${at} | ours ${ours} | theirs ${theirs}`
}
