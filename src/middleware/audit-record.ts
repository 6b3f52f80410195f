import type { Call, Outcome } from "../protocol/call.ts"
import { toFailure } from "../protocol/dispatcher.ts"
import type { Principal } from "../protocol/principal.ts"
import { clip } from "../shared/clip.ts"
import { textDigest } from "../shared/text-digest.ts"
import { failureOf } from "./shared-failure.ts"

/** Who called, what, and how it ended. */
export interface AuditEntry {
  /**
   * What it says: a call that `start`s or ends (`call`), a `notification`, or that its writer wrote all it had (`close`).
   */
  readonly kind: "start" | "call" | "notification" | "close"
  /** When it was made, in milliseconds since 1970. */
  readonly time: number
  /** The `seq` of the record that said that the call started, where there is one. */
  readonly start?: number
  /** The id of the request; none of calls of the own process. */
  readonly id?: string | number
  /** The method, such as `tools/call`. */
  readonly method?: string
  /** The name or URI it acts on. */
  readonly target?: string
  /** The version of the component that was asked for. */
  readonly version?: string
  /** The key of the caller; none of one nobody knows. */
  readonly principal?: string
  /** Whom the caller's credential is about. */
  readonly subject?: string
  /** The OAuth client that calls. */
  readonly clientId?: string
  /** A digest of the session's id, which itself opens the session. */
  readonly session?: string
  /** What carries the messages; none of calls of the own process. */
  readonly transport?: string
  /** The revision of the protocol. */
  readonly revision?: string
  /** How many rounds of questions came before. */
  readonly round?: number
  /** Whether a handler made the call. */
  readonly nested?: true
  /** Whether the server's own code made it, which no auth check concerns. */
  readonly trusted?: true
  /** How it ended: `failed` is a tool that says so, `error` an error of the protocol, `asked` a round with questions. */
  readonly outcome?: "done" | "failed" | "error" | "asked"
  /** The JSON-RPC code of an error. */
  readonly code?: number
  /** The kind of failure: the code of a FleetError, else the name of the error's class. */
  readonly error?: string
  /** How long it took. */
  readonly durationMs?: number
  /** A digest of the arguments. */
  readonly argumentsDigest?: string
  /** The arguments, as far as `redact` lets them be seen. */
  readonly arguments?: unknown
}

/** What is written down once. */
export interface AuditRecord extends AuditEntry {
  /** Who wrote it: one for each server and each time it is started. */
  readonly writer: string
  /** Which of its writer's records it is, from 0. */
  readonly seq: number
  /** Earlier records of the writer that may not have been written. */
  readonly lost?: readonly number[]
  /** How many records were never made, since too many waited. */
  readonly dropped?: number
  /** The `hash` of the record before; empty of the first. */
  readonly prev?: string
  /** A digest of all the rest. */
  readonly hash?: string
}

/** Says who calls, and what. */
export async function describeCall(call: Call): Promise<Omit<AuditEntry, "kind" | "time">> {
  const { id, method, target, wantedVersion, peer, exchange, round, parent, isTrusted } = call
  const { session, transport } = exchange
  return defined({
    id: typeof id === "string" ? clip(id) : id,
    method: clip(method),
    target: target === method ? undefined : clip(target, 500),
    version: wantedVersion && clip(wantedVersion),
    ...whoIs(peer.principal),
    session: session && (await textDigest(session.id)).slice(0, 16),
    transport,
    revision: peer.revision,
    round,
    nested: parent && true,
    trusted: isTrusted || undefined,
  })
}

/** Says how a call ended, or what it was ended by. */
export function describeEnd(
  call: Call,
  end: { readonly outcome: Outcome } | { readonly error: unknown },
): Pick<AuditEntry, "outcome" | "code" | "error"> {
  if ("error" in end) {
    const outcome = toFailure(end.error) ?? {
      kind: "failure",
      error: { code: -32603, message: "" },
      cause: end.error,
    }
    return describeEnd(call, { outcome })
  }
  const { outcome } = end
  if (outcome.kind === "input-required") return { outcome: "asked" }
  const failure = failureOf(call, outcome)
  // A page that an older client is asked to visit is an error on the wire.
  if (failure === undefined) return { outcome: outcome.kind === "failure" ? "asked" : "done" }
  const { code, type } = failure
  return code === undefined ? { outcome: "failed", error: type } : { outcome: "error", code, error: type }
}

/** Says who a principal is. */
export function whoIs(
  principal: Principal | undefined,
): Pick<AuditEntry, "principal" | "subject" | "clientId"> {
  return defined({ principal: principal?.key, subject: principal?.subject, clientId: principal?.clientId })
}

/** Leaves out what is not there: a record is the same with and without it. */
function defined<T extends object>(fields: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there) as { [Name in keyof T]: Exclude<T[Name], undefined> }
}
