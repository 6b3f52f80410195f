import { InvalidParams } from "../../errors/protocol.ts"
import { ServerClosed } from "../../errors/server.ts"
import type { MaybePromise } from "../../shared/maybe-promise.ts"
import { statusOfError } from "../../spec/error-status.ts"
import type { ProtocolRevision } from "../../spec/revisions.ts"
import { Call, type Failure, type Outcome } from "../call.ts"
import { type Dispatch, toFailure, unexpected } from "../dispatcher.ts"
import { claimedVersion } from "../era.ts"
import type { Params, RequestMessage } from "../jsonrpc.ts"
import type { Method } from "../method.ts"
import type { Channel, Reply } from "../transport.ts"
import { readEnvelope, readLogLevel, StatelessPeer } from "./envelope.ts"
import { type ExchangeHost, StatelessExchange, type StatelessRequest } from "./exchange.ts"
import { checkMethodHeaders, checkVersionHeader } from "./headers.ts"
import { isRetry, type Journal } from "./journal.ts"

/** What the stateless era needs of the engine it serves. */
export interface StatelessHost extends ExchangeHost {
  readonly revision: ProtocolRevision
  readonly supported: readonly ProtocolRevision[]
  readonly methods: ReadonlyMap<string, Method>
  readonly dispatch: Dispatch
  readonly running: Running
  /** Logs an error that must not reach the peer and gives what the peer is told instead. */
  readonly onError: (error: unknown, method: string) => string
}

/** Hears of calls as they start and end, so that a shutdown can wait for them. */
export interface Running {
  /** Whether no call may begin any more. */
  readonly isClosed: boolean
  enter(exchange: StatelessExchange): void
  leave(exchange: StatelessExchange): void
  count(outcome: Outcome): void
}

/**
 * Serves one request of the 2026-07-28 revision: the ladder of checks in the order the specification implies,
 * then the call. Synchronous as far as handlers are.
 */
export function serveStateless(
  host: StatelessHost,
  message: RequestMessage,
  channel: Channel,
): MaybePromise<Reply> {
  let request: StatelessRequest
  try {
    request = readRequest(host, message, channel)
  } catch (error) {
    return refuse(host, message, error)
  }
  const serving = { host, message, channel }
  if (!isRetry(request.params)) return run(serving, request)
  return reopen(host, request).then(
    (journal) =>
      // While the state was unsealed, the server may have been closed, or the client have left.
      host.running.isClosed || hasLeft(channel)
        ? refuse(host, message, new ServerClosed())
        : run(serving, { ...request, journal }),
    (error) => refuse(host, message, error),
  )
}

/** Whether the peer went away while something was waited for. */
export function hasLeft(channel: Channel): boolean {
  let isGone = false
  channel.onDisconnect({
    abort: () => {
      isGone = true
    },
  })
  return isGone
}

/** One request being served. */
interface Serving {
  readonly host: StatelessHost
  readonly message: RequestMessage
  readonly channel: Channel
}

function run(serving: Serving, request: StatelessRequest): MaybePromise<Reply> {
  const { host, message, channel } = serving
  const { params, peer, journal } = request
  const exchange = new StatelessExchange(host, channel, request)
  const round = journal?.round ?? 0
  const call = new Call({ method: message.method, id: message.id, params, peer, exchange, round })
  const outcome = host.dispatch(call)
  if (!(outcome instanceof Promise)) return finish(serving, exchange, outcome)
  // Only what is not done yet can be cancelled, or waited for by a shutdown.
  channel.onDisconnect(exchange)
  host.running.enter(exchange)
  const reply = outcome.then((settled) => finish(serving, exchange, settled))
  const leave = () => host.running.leave(exchange)
  // Whatever becomes of it: a shutdown waits for what has not left.
  reply.then(leave, leave)
  return reply
}

function finish(
  { host, message, channel }: Serving,
  exchange: StatelessExchange,
  outcome: Outcome,
): MaybePromise<Reply> {
  exchange.end()
  host.running.count(outcome)
  if (outcome.kind === "complete" && channel.takesObjects === true)
    return { status: 200, body: undefined, result: host.codec.toObject(outcome.result) }
  try {
    const body = host.codec.answer(message.id, outcome, message.method)
    if (body instanceof Promise) {
      return body.then(
        (text) => ({ status: 200, body: text }),
        (error) => refuse(host, message, error),
      )
    }
    return outcome.kind === "failure" ? failed(outcome, body) : { status: 200, body }
  } catch (error) {
    // The result cannot be written as JSON.
    return refuse(host, message, error)
  }
}

/** Walks the ladder. Throws the class that says which rung broke. */
function readRequest(host: StatelessHost, message: RequestMessage, channel: Channel): StatelessRequest {
  const { method, params = noParams } = message
  const { headers } = channel
  if (headers !== undefined) checkVersionHeader(headers, claimedVersion(params))
  const meta = readEnvelope(params, host.supported)
  const row = host.methods.get(method)
  if (headers !== undefined) checkMethodHeaders(headers, message, row)
  // A method that does not exist, or is not offered, goes on to the dispatcher: middleware sees it too.
  const problem = row?.check?.(params)
  if (problem !== undefined && row?.isOffered?.() !== false) throw new InvalidParams(problem)
  const peer = new StatelessPeer(host.revision, channel.principal, meta)
  return {
    method,
    params,
    peer,
    logLevel: readLogLevel(meta),
    progressToken: meta.progressToken,
    mayAsk: row?.mayAsk === true,
    journal: undefined,
  }
}

async function reopen(host: StatelessHost, request: StatelessRequest): Promise<Journal | undefined> {
  if (!request.mayAsk) return undefined
  const { method, params, peer } = request
  const { openJournal } = await import("./sealed-journal.ts")
  return openJournal(host, { server: host.name, principal: peer.principal, method, params })
}

function refuse(host: StatelessHost, message: RequestMessage, error: unknown): Reply {
  const failure = toFailure(error) ?? unexpected(host.onError(error, message.method), error)
  return failed(failure, host.codec.error(message.id, failure.error))
}

function failed({ error, http }: Failure, body: string): Reply {
  return { status: http?.status ?? statusOfError(error.code), body, headers: http?.headers }
}

const noParams: Params = {}
