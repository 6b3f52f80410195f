import { show } from "../errors/protocol.ts"
import { InvalidOption } from "../errors/server.ts"
import { encodeBase64Url } from "../shared/base64.ts"
import { toUtf8 } from "../shared/utf8.ts"
import { isObject } from "./jsonrpc.ts"

/** Who is calling, as an authenticator established it. */
export interface Principal {
  /**
   * Identifies the caller across token refreshes and step-up: a digest of issuer, subject and client id,
   * never of a token, its id or its scopes.
   */
  readonly key: string
  /** Who says so: the `iss` of a token. */
  readonly issuer: string | undefined
  /** Whom it is about: the `sub` of a token. */
  readonly subject: string | undefined
  /** The OAuth client that calls. */
  readonly clientId: string | undefined
  /** What the credential allows; empty for nothing in particular. */
  readonly scopes: readonly string[]
  /** What else the credential says. */
  readonly claims: { readonly [name: string]: unknown }
  /** When the credential ends, in milliseconds since the epoch. */
  readonly expiresAt: number | undefined
}

/** What a credential proved of a caller. */
export interface PrincipalFields {
  /** Who says so: the `iss` of a token. */
  readonly issuer?: string | undefined
  /** Whom it is about: the `sub` of a token. */
  readonly subject?: string | undefined
  /** The OAuth client that calls. */
  readonly clientId?: string | undefined
  /** Default: none. */
  readonly scopes?: readonly string[] | undefined
  /** What else it says. Default: nothing. */
  readonly claims?: { readonly [name: string]: unknown } | undefined
  /** Milliseconds since the epoch. Default: it does not end. */
  readonly expiresAt?: number | undefined
}

/** One symbol for all copies of the package that a program holds: each takes the principals of the others. */
const brand: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.principal")

/**
 * Makes a {@link Principal} from what a credential proved.
 *
 * @param fields At least one of `issuer`, `subject` and `clientId`; `expiresAt` in milliseconds since the epoch.
 * @throws {InvalidOption} A field is of another type, or none says who it is.
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1
 * @example
 * const ada = await createPrincipal({ issuer: "https://id.example.com", subject: "ada", scopes: ["files:read"] })
 */
export async function createPrincipal(fields: PrincipalFields): Promise<Principal> {
  assertFields(fields)
  // A JSON array keeps the three apart, whatever characters they hold.
  const identity = JSON.stringify([fields.issuer ?? null, fields.subject ?? null, fields.clientId ?? null])
  const digest = await crypto.subtle.digest("SHA-256", toUtf8(identity))
  const principal: Principal = {
    key: encodeBase64Url(new Uint8Array(digest)),
    issuer: fields.issuer,
    subject: fields.subject,
    clientId: fields.clientId,
    scopes: Object.freeze([...(fields.scopes ?? [])]),
    claims: Object.freeze({ ...fields.claims }),
    expiresAt: fields.expiresAt,
  }
  return Object.freeze(Object.defineProperty(principal, brand, { value: true }))
}

function assertFields(fields: PrincipalFields): void {
  const { issuer, subject, clientId, scopes, claims, expiresAt } = fields
  const isText = (value: unknown) => typeof value === "string" && value !== ""
  const texts = Object.entries({ issuer, subject, clientId }).filter(([, value]) => value !== undefined)
  for (const [name, value] of texts) {
    if (!isText(value)) throw refusal(`The field \`${name}\``, value, "Give a text, or leave it out.")
  }
  // Else all such callers would be one, and see what belongs to each other.
  if (texts.length === 0) {
    throw refusal("The identity", undefined, "Give at least one of `issuer`, `subject` and `clientId`.")
  }
  // A text is iterable too, letter by letter.
  if (scopes !== undefined && !(Array.isArray(scopes) && scopes.every(isText))) {
    throw refusal("The field `scopes`", scopes, 'Give a list: `["files:read", "files:write"]`.')
  }
  if (claims !== undefined && !isObject(claims)) {
    throw refusal("The field `claims`", claims, "Give an object, or leave it out.")
  }
  if (expiresAt !== undefined && !Number.isFinite(expiresAt)) {
    throw refusal("The field `expiresAt`", expiresAt, "Give milliseconds since the epoch, or leave it out.")
  }
}

function refusal(what: string, value: unknown, fix: string): InvalidOption {
  return new InvalidOption(`${what} of a principal`, value === "" ? "empty" : show(value), fix)
}

/** Whether `createPrincipal()` made a value: what only looks like a principal proves nothing of a caller. */
export function isPrincipal(value: unknown): value is Principal {
  return typeof value === "object" && value !== null && Object.hasOwn(value, brand)
}

/** The key under which what belongs to nobody in particular is kept. */
export const anonymousKey = "anonymous"

export function principalKey(principal: Principal | undefined): string {
  return principal === undefined ? anonymousKey : principal.key
}
