import { type Component, type ComponentKind, componentKey } from "../components/component.ts"
import { NotCanonicalJson } from "../errors/canonical-json.ts"
import type { Call } from "../protocol/call.ts"
import type { Principal } from "../protocol/principal.ts"
import type { VisibilityRule } from "../protocol/visibility-rule.ts"
import { canonicalJson } from "../shared/canonical-json.ts"
import { decodePercent, decodeQueryText, normalizeUri } from "../shared/uri-template/percent.ts"

/** The methods whose results can be kept, by the names of their hooks. */
export type CachedMethod =
  | "callTool"
  | "readResource"
  | "getPrompt"
  | "listTools"
  | "listResources"
  | "listTemplates"
  | "listPrompts"

/** Who gets what one caller got. */
export type SharedBy = "session" | "principal" | "everyone"

/** What changes together: templates are resources here. */
export type Subject = Exclude<ComponentKind, "template">

/** Where a result is kept. */
export interface Place {
  /** Tells apart all that may have another result. */
  readonly key: string
  readonly method: CachedMethod
  readonly subject: Subject
  /** The name or URI, in the form in which they are compared; `undefined` for a list. */
  readonly target: string | undefined
}

/**
 * Brings the name or URI that a change or a place is of into one form: templates take a URI in any spelling, and what is
 * said of one is said of all. Two that only look alike are forgotten together, which costs a call; in keys URIs stay as
 * they are spelled, since handlers see that.
 */
export function comparable(subject: Subject, target: string): string {
  const uri = subject === "resource" ? normalizeUri(target) : undefined
  if (uri === undefined) return target
  const mark = uri.indexOf("?")
  if (mark < 0) return decodePercent(uri)
  // Names of a query may come in any order.
  const query = uri
    .slice(mark + 1)
    .split("&")
    .filter(Boolean)
    .map(decodeQueryText)
    .sort()
  return [decodePercent(uri.slice(0, mark)), ...query].join("\n")
}

/** What of a call its place depends on, besides its parameters. */
export interface PlaceOf {
  readonly method: CachedMethod
  readonly subject: Subject
  /** `undefined` for a list. */
  readonly component: Component | undefined
  readonly sharedBy: SharedBy
  readonly vary: string | undefined
}

/** Says where the result of a call is kept; `undefined` where its parameters or its caller cannot be named. */
export function placeOf(call: Call, of: PlaceOf): Place | undefined {
  const { method, subject, component, sharedBy, vary } = of
  const caller = callerOf(call, sharedBy)
  const params = caller === undefined ? undefined : paramsOf(call)
  if (params === undefined) return undefined
  // Texts of JSON, one after the other: where each ends is plain, whatever a client put into them.
  const what = component === undefined ? `["${method}",${versionOf(call)}]` : nameOf(component)
  const key = `${what}${caller}${vary === undefined ? "" : JSON.stringify(vary)}${params}`
  return { key, method, subject, target: component && comparable(subject, call.target) }
}

const names: WeakMap<Component, string> = /* @__PURE__ */ new WeakMap()

function nameOf(component: Component): string {
  const known = names.get(component)
  if (known !== undefined) return known
  const name = JSON.stringify([componentKey(component)])
  names.set(component, name)
  return name
}

/** A list shows the versions that are wanted. */
function versionOf({ wantedVersion }: Call): string {
  return wantedVersion === undefined ? "null" : JSON.stringify(wantedVersion)
}

/** All parameters, also those of extensions; not the `_meta`, which is of the request and not of what is asked. */
function paramsOf({ params: { _meta, ...params } }: Call): string | undefined {
  try {
    return canonicalJson(params)
  } catch (error) {
    // A call of the own process may have anything for arguments.
    if (error instanceof NotCanonicalJson) return undefined
    throw error
  }
}

/** Names those who get the same results as this caller; `undefined` where that cannot be said. */
function callerOf({ peer, exchange, headers }: Call, sharedBy: SharedBy): string | undefined {
  // No auth check concerns the server's own code, so that what it sees is for nobody else.
  const parts = exchange.isTrusted ? ['"own"'] : []
  if (sharedBy === "everyone") return `[${parts.join()}]`
  const { principal } = peer
  const who = principal === undefined ? "null" : identityOf(principal)
  // RFC 9111 §3.5: what was answered to a credential is for nobody else, and nobody made a principal of this one.
  const isUnnamed = principal === undefined && (headers?.get("authorization") ?? headers?.get("cookie"))
  if (who === undefined || isUnnamed) return undefined
  parts.push(who)
  const session = sharedBy === "session" ? exchange.session?.id : undefined
  const { visibility } = exchange
  if (session !== undefined || visibility !== undefined)
    parts.push(JSON.stringify(session ?? null), visibility === undefined ? "null" : hiddenText(visibility))
  return `[${parts.join()}]`
}

const identities: WeakMap<Principal, string> = /* @__PURE__ */ new WeakMap()

/** Names a caller with all that a check or a handler may look at; `undefined` where JSON cannot say it. */
function identityOf(principal: Principal): string | undefined {
  const known = identities.get(principal)
  if (known !== undefined) return known
  // Of the credential, and not of its owner: they are others in each token (RFC 7519 §4.1).
  const { exp: _exp, iat: _iat, nbf: _nbf, jti: _jti, ...claims } = principal.claims
  try {
    const identity = canonicalJson([principal.key, [...principal.scopes].sort(), claims])
    identities.set(principal, identity)
    return identity
  } catch (error) {
    if (error instanceof NotCanonicalJson) return undefined
    throw error
  }
}

const hiddenTexts: WeakMap<readonly VisibilityRule[], string> = /* @__PURE__ */ new WeakMap()

function hiddenText(rules: readonly VisibilityRule[]): string {
  const known = hiddenTexts.get(rules)
  if (known !== undefined) return known
  const text = JSON.stringify(rules)
  hiddenTexts.set(rules, text)
  return text
}
