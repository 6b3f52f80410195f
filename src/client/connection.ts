import type { Client, ClientOptions, DiscoverResult, Implementation } from "@modelcontextprotocol/client"
import { isFleetError } from "../errors/any-fleet-error.ts"
import { RequestTimedOut } from "../errors/client.ts"
import { CannotConnect } from "../errors/dialogue.ts"
import type { Era } from "../protocol/era.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { metaKeys } from "../spec/meta.ts"
import {
  isProtocolRevision,
  isStateless,
  latestSessionRevision,
  latestStatelessRevision,
  type ProtocolRevision,
  sessionRevisions,
} from "../spec/revisions.ts"
import { type Carrier, chainOf } from "./carrier.ts"
import { Deadline, unlessAborted } from "./deadline.ts"
import { type HttpOptions, openHttp } from "./http-carrier.ts"
import { openMemory } from "./memory-carrier.ts"
import type { StderrOption } from "./node-stdio.ts"
import { type Json, type Listeners, Rpc } from "./rpc.ts"
import type { Place } from "./target.ts"
import { sharedVerdicts, type Verdict, type Verdicts } from "./verdicts.ts"

/** How one connection is opened. */
export interface OpenOptions extends HttpOptions, Listeners {
  /** Which dialect is spoken: found out, one of the eras, or one revision. Default `auto`. */
  readonly era?: "auto" | Era | ProtocolRevision | undefined
  /** What the client says it is. Default: `fleetmcp`. */
  readonly clientInfo?: Implementation | undefined
  /** What the client says it can do. Default: nothing. */
  readonly capabilities?: Json | undefined
  /** How long the handshake and each request may take in silence, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined
  /** How long one request may take in all, whatever progress it makes. Default 3,600,000. */
  readonly maxTimeoutMs?: number | undefined
  /** Gives connecting up. */
  readonly signal?: AbortSignal | undefined
  /** What a server said of itself earlier, which saves the question. Default: it is asked. */
  readonly prior?: Verdict | undefined
  /** Where the eras of servers are kept. Default: in this process, for five minutes. `false`: nowhere. */
  readonly verdicts?: Verdicts | false | undefined
  /** What becomes of the standard error of a program. Default `inherit`. */
  readonly stderr?: StderrOption | undefined
}

/** What can be said of one request. */
export interface ConnectionRequestOptions extends Listeners {
  /** Gives the request up and tells the server so; the request then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** How long there may be silence, in milliseconds. Default: the connection's. */
  readonly timeoutMs?: number | undefined
  /** How long it may take in all. Default: the connection's. */
  readonly maxTimeoutMs?: number | undefined
  /** What the client can do for this request: without sessions each says it. Default: the connection's. */
  readonly capabilities?: Json | undefined
  /** Who asks, for this request: without sessions each says it. Default: the connection's. */
  readonly clientInfo?: Implementation | undefined
  /** HTTP headers of this request alone. */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Whether the server is asked to tell how far it is. Default: where `_meta.progressToken` is given, which then comes back. */
  readonly wantsProgress?: boolean | undefined
}

/** A connection to one server, on which results, notifications and questions pass as they came. */
export interface Connection {
  readonly era: Era
  readonly revision: ProtocolRevision
  readonly transport: Carrier["kind"]
  /** The server as errors name it. */
  readonly name: string
  readonly serverInfo: Json | undefined
  readonly capabilities: Json
  readonly instructions: string | undefined
  /** What lets another connection begin without asking. */
  readonly verdict: Verdict
  /** Why it is over; `undefined` while it is not. */
  readonly ended: Error | undefined
  /**
   * Sends one request, once. An `input_required` result is given back like any other.
   *
   * @throws {RequestFailed} The server answered with an error; `error` is it, as it came.
   * @throws {RequestTimedOut}
   * @throws {ConnectionLost}
   */
  request(method: string, params?: Json, options?: ConnectionRequestOptions): Promise<Json>
  notify(method: string, params?: Json): Promise<void>
  /** Calls back once when it is over, until what is returned is called. */
  onClose(listener: (reason: Error) => void): () => void
  close(): Promise<void>
}

/** How long what the SDK started to connect may take to end, in milliseconds. */
const patienceMs = 5_000

/**
 * Opens a connection to one server and finds out what it speaks.
 *
 * @throws {CannotConnect} Nobody is there.
 * @throws {NotAnMcpServer} Somebody else is.
 * @throws {AccessRefused} It wants to know who asks.
 * @throws {RequestTimedOut} It does not answer.
 */
export async function openConnection(place: Place, options: OpenOptions = {}): Promise<Connection> {
  try {
    return await open(place, options, "http")
  } catch (error) {
    const mayBeOld = error instanceof Unreached && error.suggestsSse && allowsSessions(options.era)
    if (!mayBeOld || place.kind !== "url") throw error instanceof Unreached ? error.reason : error
    // What the server says to the newer way is what matters, if the older one is not there either.
    const { reason } = error
    return open(place, { ...options, prior: { kind: "legacy" } }, "sse").catch(() => {
      throw reason
    })
  }
}

/** Why a server was not reached, and whether it may be one of the older HTTP+SSE transport. */
class Unreached {
  readonly reason: unknown
  readonly suggestsSse: boolean
  constructor(reason: unknown, suggestsSse: boolean) {
    this.reason = reason
    this.suggestsSse = suggestsSse
  }
}

async function open(place: Place, options: OpenOptions, http: "http" | "sse"): Promise<Connection> {
  const { timeoutMs = 60_000, verdicts = sharedVerdicts, signal } = options
  signal?.throwIfAborted()
  const carrier = await openCarrier(place, options, http)
  const key = keyOf(place)
  const known = options.prior ?? (isAuto(options.era) && verdicts ? verdicts.get(key) : undefined)
  const { Client } = await import("@modelcontextprotocol/client")
  const { clientInfo = defaultInfo, capabilities = {} } = options
  const client = new Client(clientInfo, { ...negotiation(options.era), capabilities })
  hearEarly(client, options)
  const deadline = new Deadline(timeoutMs, () => new RequestTimedOut("initialize", timeoutMs), signal)
  const connecting = client.connect(carrier.transport, {
    signal: deadline.signal,
    // The deadline ends the wait; the question which era it is takes half of it at most, where silence is an answer.
    timeout: carrier.kind === "stdio" ? Math.ceil(timeoutMs / 2) : longestTimer,
    ...(known && { prior: known }),
  })
  try {
    await unlessAborted(connecting, deadline.signal)
  } catch (error) {
    await carrier.close()
    // Closed, it fails as well, when a program that was started for the question of the era alone has ended.
    await unlessAborted(connecting, AbortSignal.timeout(patienceMs)).catch(() => undefined)
    // A server that was replaced is asked anew next time.
    if (verdicts) verdicts.delete(key)
    const reason = deadline.signal.aborted ? deadline.signal.reason : explained(error, carrier)
    throw new Unreached(reason, carrier.suggestsSse === true)
  } finally {
    deadline[Symbol.dispose]()
  }
  const verdict = verdictOf(client)
  if (verdicts && isAuto(options.era) && carrier.kind !== "memory") verdicts.set(key, verdict)
  return connected({ client, carrier, verdict, options })
}

/** Until it is connected the SDK hears the server, and passes on what it says of itself and what it asks. */
function hearEarly(client: Client, { onRequest, onNotification }: OpenOptions): void {
  if (onRequest !== undefined)
    client.fallbackRequestHandler = ({ method, params }, { mcpReq }) =>
      onRequest({ method, params: params ?? {}, signal: mcpReq.signal }) as Promise<{
        [key: string]: unknown
      }>
  client.fallbackNotificationHandler = async ({ method, params }) =>
    onNotification?.({ method, params: (params as Json | undefined) ?? {} })
}

function connected(opened: {
  readonly client: Client
  readonly carrier: Carrier
  readonly verdict: Verdict
  readonly options: OpenOptions
}): Connection {
  const { client, carrier, verdict, options } = opened
  const { timeoutMs = 60_000, maxTimeoutMs = 3_600_000 } = options
  // The SDK speaks no revision that this package does not know.
  const revision = client.getNegotiatedProtocolVersion() as ProtocolRevision
  const stateless = isStateless(revision)
  const rpc = new Rpc(carrier, stateless, options)
  let closing: Promise<void> | undefined
  const envelope = (given: ConnectionRequestOptions): Json => ({
    [metaKeys.protocolVersion]: revision,
    [metaKeys.clientInfo]: given.clientInfo ?? options.clientInfo ?? defaultInfo,
    [metaKeys.clientCapabilities]: given.capabilities ?? options.capabilities ?? {},
  })
  return {
    era: stateless ? "stateless" : "session",
    revision,
    transport: carrier.kind,
    name: carrier.name,
    serverInfo: client.getServerVersion(),
    capabilities: client.getServerCapabilities() ?? {},
    instructions: client.getInstructions(),
    verdict,
    get ended() {
      return rpc.ended
    },
    request(method, params = {}, given = {}) {
      const sent = stateless
        ? { ...params, _meta: { ...(isObject(params._meta) ? params._meta : undefined), ...envelope(given) } }
        : params
      return rpc.request(method, sent, {
        ...given,
        timeoutMs: Math.min(given.timeoutMs ?? timeoutMs, longestTimer),
        maxTimeoutMs: Math.min(
          Math.max(given.maxTimeoutMs ?? maxTimeoutMs, given.timeoutMs ?? 0),
          longestTimer,
        ),
      })
    },
    notify: (method, params = {}) => rpc.notify(method, params),
    onClose: (listener) => rpc.onEnd(listener),
    close() {
      closing ??= (async () => {
        rpc.end()
        await carrier.close()
      })()
      return closing
    },
  }
}

async function openCarrier(place: Place, options: OpenOptions, http: "http" | "sse"): Promise<Carrier> {
  switch (place.kind) {
    case "server":
      return openMemory(place.server)
    case "url":
      return openHttp(place.url, { ...options, headers: { ...options.headers, ...place.headers } }, http)
    case "command":
      return (await import("./node-stdio.ts")).openCommand(place, options.stderr)
  }
}

const defaultInfo: Implementation = { name: "fleetmcp", version: "0.0.0" }

function keyOf(place: Place): string {
  switch (place.kind) {
    case "server":
      return ""
    case "url":
      return place.url.href
    case "command":
      return JSON.stringify([place.command, place.args ?? [], place.cwd ?? ""])
  }
}

function isAuto(era: OpenOptions["era"]): boolean {
  return era === undefined || era === "auto"
}

function allowsSessions(era: OpenOptions["era"]): boolean {
  return isAuto(era) || era === "session" || (isProtocolRevision(era) && !isStateless(era))
}

/** Says in the words of the SDK which revisions are spoken. */
function negotiation(era: OpenOptions["era"]): ClientOptions {
  if (isProtocolRevision(era) && !isStateless(era))
    return { versionNegotiation: { mode: "legacy" }, supportedProtocolVersions: [era] }
  if (era === "stateless" || isProtocolRevision(era))
    return { versionNegotiation: { mode: { pin: isProtocolRevision(era) ? era : latestStatelessRevision } } }
  const supportedProtocolVersions = [
    latestStatelessRevision,
    latestSessionRevision,
    ...sessionRevisions.filter((revision) => revision !== latestSessionRevision).reverse(),
  ]
  return { versionNegotiation: { mode: era === "session" ? "legacy" : "auto" }, supportedProtocolVersions }
}

function verdictOf(client: Client): Verdict {
  const discover: DiscoverResult | undefined = client.getDiscoverResult()
  return discover === undefined ? { kind: "legacy" } : { kind: "modern", discover }
}

function explained(error: unknown, carrier: Carrier): unknown {
  const known = chainOf(error).find(isFleetError)
  if (known !== undefined) return known
  const words = error instanceof Error ? error.message : String(error)
  return (
    carrier.explain(error) ??
    new CannotConnect(`${carrier.name} could not be spoken with: ${words.slice(0, 600)}`, { cause: error })
  )
}
