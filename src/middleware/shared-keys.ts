import type { KnownOptions, OptionKind } from "../components/options.ts"
import type { FleetError } from "../errors/fleet-error.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import type { Call, Failure } from "../protocol/call.ts"
import { toFailure, unexpected } from "../protocol/dispatcher.ts"
import { principalKey } from "../protocol/principal.ts"
import { isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
import { textDigest } from "../shared/text-digest.ts"

/**
 * What calls are told apart by. `"principal"` is who calls, `"client"` the OAuth client that calls, whoever uses it;
 * callers whom nobody knows are one in both. `"tool"` is the tool that is called, and no other requests. `"global"` does
 * not tell them apart. A function gives a key of its own, or a promise of it; all calls for which it gives nothing are one.
 */
export type LimitBy =
  | "global"
  | "client"
  | "principal"
  | "tool"
  | ((call: Call) => MaybePromise<string | undefined>)

/** Which calls something concerns, and what tells them apart. */
export interface LimitedCalls {
  /** What calls are told apart by. */
  readonly by?: LimitBy
  /** The methods that it concerns, such as `["tools/call"]`. */
  readonly methods?: readonly string[]
  /** The tools that it concerns, and no other requests. Default: all. */
  readonly tools?: readonly string[]
}

/** Of {@link LimitedCalls}, for the table of options. */
const limitedKinds: { readonly [option in keyof Required<LimitedCalls>]: OptionKind } = {
  by: {
    holds: (value) => typeof value === "function" || texts.has(value),
    expected: '`"global"`, `"client"`, `"principal"`, `"tool"` or a function that gives a key',
  },
  methods: "strings",
  tools: "strings",
}

const texts: ReadonlySet<unknown> = /* @__PURE__ */ new Set(["global", "client", "principal", "tool"])

/** The options that those who take calls by keys share, and theirs. */
export function withLimited(kinds: NonNullable<KnownOptions["kinds"]>): KnownOptions {
  return { kinds: { ...limitedKinds, ...kinds } }
}

/** What something concerns where it is not told. */
export interface LimitDefaults {
  readonly subject: string
  readonly by: Exclude<LimitBy, (call: Call) => unknown>
  /** Whether it concerns the calls of a method. */
  readonly hasMethod: (method: string) => boolean
}

/**
 * Makes the function that tells calls apart: it gives a call's key, or `undefined` where a call is none of its business.
 */
export function keying(
  options: LimitedCalls,
  { subject, hasMethod, by: defaultBy }: LimitDefaults,
): (call: Call) => MaybePromise<string | undefined> {
  const { by = defaultBy, methods, tools } = options
  const ofTools = tools && new Set(tools)
  const ofMethods = methods && new Set(methods)
  const onlyTools = by === "tool" || ofTools !== undefined

  function concerns({ method, params }: Call): boolean {
    if (ofMethods !== undefined ? !ofMethods.has(method) : !hasMethod(method)) return false
    if (!onlyTools) return true
    return method === "tools/call" && (ofTools === undefined || ofTools.has(String(params.name)))
  }

  function custom(give: (call: Call) => MaybePromise<string | undefined>, call: Call): MaybePromise<string> {
    const given: unknown = give(call)
    // Whoever made the promise: a lookup in a database gives thenables of its own.
    return isThenable(given)
      ? Promise.resolve(given).then((key) => bounded(toKey(key, subject)))
      : bounded(toKey(given, subject))
  }

  const keyOf = typeof by === "function" ? (call: Call) => custom(by, call) : keysOf[by]
  return (call) => (concerns(call) ? keyOf(call) : undefined)
}

const keysOf: {
  readonly [by in LimitDefaults["by"]]: (call: Call) => MaybePromise<string>
} = {
  global: () => "",
  principal: (call) => principalKey(call.peer.principal),
  client({ peer: { principal } }) {
    // Ids of clients are only unique with who gives them out.
    const { clientId, issuer } = principal ?? {}
    return clientId === undefined
      ? principalKey(principal)
      : bounded(JSON.stringify([issuer ?? null, clientId]))
  },
  tool: (call) => bounded(String(call.params.name)),
}

/** No key is a key too: else who sends nothing would be counted nowhere. */
function toKey(given: unknown, subject: string): string {
  if (typeof given === "string") return given
  if (given === undefined || given === null) return ""
  throw new InvalidOption(`What \`by\` of ${subject} gave`, quoted(given), "Give a text.")
}

/** Keys may come from strangers: many long ones would fill the memory that a bound in entries is to spare. */
function bounded(key: string): MaybePromise<string> {
  return key.length <= 256 ? key : textDigest(key)
}

/** Requests that cost next to nothing and without which a client cannot find out what it talks to, or whether it is there. */
export function isHandshake(method: string): boolean {
  return method === "initialize" || method === "ping" || method === "server/discover"
}

/** The outcome of a call that is turned away. It is not thrown, so that what stands further out sees it as any other. */
export function refuse(error: FleetError): Failure {
  return toFailure(error) ?? unexpected(error.message, error)
}
