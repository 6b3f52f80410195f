import { MissingClientCapability } from "../../errors/capabilities.ts"
import { InvalidParams } from "../../errors/protocol.ts"
import { TooManyRounds } from "../../errors/rounds.ts"
import { ServerClosed } from "../../errors/server.ts"
import { andThen, type MaybePromise } from "../../shared/maybe-promise.ts"
import type { ClientCapabilities, Implementation } from "../../spec/index.ts"
import {
  type Answer,
  Call,
  complete,
  type InputRequired,
  maxRounds,
  type Outcome,
  type Peer,
  type Question,
} from "../call.ts"
import { type Dispatch, toFailure, unexpected } from "../dispatcher.ts"
import { isObject, type Params, type RequestMessage } from "../jsonrpc.ts"
import type { Method } from "../method.ts"
import type { Abortable, Channel, Reply } from "../transport.ts"
import type { SessionCodec } from "./codec.ts"
import { type Rounds, SessionExchange, type SessionRequest } from "./exchange.ts"
import type { OpenSession } from "./site.ts"
import { SessionStream } from "./stream.ts"

/** What running a call needs of the engine. */
export interface CallHost {
  readonly methods: ReadonlyMap<string, Method>
  readonly dispatch: Dispatch
  readonly running: Running
  /** Milliseconds for which answers of clients are waited for. */
  readonly askTimeout: number
  /** Logs an error that must not reach the peer and gives what the peer is told instead. */
  readonly onError: (error: unknown, method: string) => string
}

interface Running {
  /** Whether no call may begin any more. */
  readonly isClosed: boolean
  enter(call: Abortable): void
  leave(call: Abortable): void
  count(outcome: Outcome): void
}

/** A request of a session, or of a client that has none. */
export interface SessionMessage {
  readonly message: RequestMessage
  readonly channel: Channel
  readonly session: OpenSession | undefined
  readonly codec: SessionCodec
}

/** One request being served, from its checks to its answer. */
export class SessionRun {
  readonly #host: CallHost
  readonly #given: SessionMessage
  readonly #params: Params
  readonly #stream: SessionStream
  /** What runs now; nothing before it could be left. */
  #exchange: SessionExchange | undefined
  #left: "disconnect" | "cancel" | undefined
  #isSilent = false
  #isComplete = false

  constructor(host: CallHost, given: SessionMessage) {
    const { channel, session, codec, message } = given
    const { resumable, ssePolling } = codec.features
    this.#host = host
    this.#given = given
    this.#params = message.params ?? {}
    this.#stream = new SessionStream({
      session: session?.data.id ?? "",
      channel,
      link: resumable && channel.open !== undefined ? session?.site.link : undefined,
      primes: ssePolling,
      // A stream would have sent its headers before there is a session to name in them.
      isMute: message.method === "initialize" && channel.connection === undefined,
      onError: (error) => void host.onError(error, message.method),
    })
  }

  /** Whether the call was answered with a result. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /**
   * Runs the call.
   *
   * @throws {ServerClosed}
   * @throws {InvalidParams} The parameters are not of the shape that the method demands.
   */
  reply(): MaybePromise<Reply> {
    const { methods, running, askTimeout } = this.#host
    const { message, channel, session, codec } = this.#given
    if (running.isClosed) throw new ServerClosed()
    const row = methods.get(message.method)
    const problem = row?.check?.(this.#params)
    if (problem !== undefined && row?.isOffered?.() !== false) throw new InvalidParams(problem)
    return this.#attempt({
      method: message.method,
      peer: this.#peer(),
      codec,
      headers: channel.headers,
      transport: channel.transport,
      progressToken: progressTokenOf(this.#params),
      // Without a session there is no level, and nothing may be logged that nobody asked for.
      logLevel: session === undefined ? undefined : (session.data.logLevel ?? "debug"),
      mayAsk: row?.mayAsk === true,
      rounds: firstRound,
      stream: this.#stream,
      session,
      askTimeout,
    })
  }

  #peer(): Peer {
    const { message, channel, session, codec } = this.#given
    const { revision } = codec
    const { principal } = channel
    if (session !== undefined) {
      const { info, capabilities } = session.data
      return { revision, principal, info, capabilities }
    }
    const { clientInfo } = this.#params
    const info = message.method === "initialize" && isObject(clientInfo) ? clientInfo : undefined
    return { revision, principal, info: info as Implementation | undefined, capabilities: noCapabilities }
  }

  /** Runs the call once; where its handler returned `inputRequired()`, asks and runs it again. */
  #attempt(request: SessionRequest): MaybePromise<Reply> {
    const { message } = this.#given
    const exchange = new SessionExchange(request)
    const { peer, method, rounds } = request
    const call = new Call({
      method,
      id: message.id,
      params: this.#params,
      peer,
      exchange,
      round: rounds.round,
    })
    const outcome = this.#host.dispatch(call)
    if (!(outcome instanceof Promise) && outcome.kind !== "input-required")
      return this.#finish(exchange, outcome)
    // Only what is not done yet can be cancelled, lose its client, or be waited for by a shutdown.
    const leave = this.#enter(exchange)
    this.#watch(exchange)
    return Promise.resolve(outcome)
      .then((settled) =>
        settled.kind === "input-required" ? this.#again(exchange, settled) : this.#finish(exchange, settled),
      )
      .finally(leave)
  }

  /** One listener for all rounds of the call: each would stay until its end. */
  #watch(exchange: SessionExchange): void {
    const isFirst = this.#exchange === undefined
    this.#exchange = exchange
    if (isFirst) {
      this.#given.channel.onDisconnect({
        abort: (reason) => this.#abandon(reason),
        giveUpAsking: () => this.#giveUpAsking(),
      })
      return
    }
    if (this.#isSilent) this.#giveUpAsking()
    if (this.#left !== undefined) this.#abandon(this.#left)
  }

  #giveUpAsking(): void {
    this.#isSilent = true
    this.#exchange?.giveUpAsking()
  }

  #enter(exchange: SessionExchange): () => void {
    const { running } = this.#host
    const { message, session } = this.#given
    const { data, site } = session ?? {}
    // S11/basic/utilities/cancellation: `initialize` cannot be cancelled.
    const isCancellable = data !== undefined && message.method !== "initialize"
    const forget = isCancellable
      ? site?.live.get(data.id).enter(message.id, exchange, this.#stream)
      : undefined
    running.enter(exchange)
    return () => {
      running.leave(exchange)
      forget?.()
    }
  }

  /** S11/basic/transports: who leaves may come back for the answer; without a session nobody can. */
  #abandon(reason: "disconnect" | "cancel"): void {
    const { session, channel } = this.#given
    this.#left = reason
    const exchange = this.#exchange
    if (exchange === undefined || exchange.ended) return
    const mayReturn = session !== undefined && channel.connection === undefined && this.#stream.isKept
    if (reason !== "disconnect" || !mayReturn) {
      exchange.abort(reason)
      return
    }
    this.#stream.detach()
    session.site.live.get(session.data.id).detached(exchange)
  }

  /** Asks what the handler wants to know, and runs it again with the answers. */
  async #again(exchange: SessionExchange, outcome: InputRequired): Promise<Reply> {
    const { request } = exchange
    const { round } = request.rounds
    // Handlers are told so where they ask. Middleware may give such an outcome every time, and without a question it would
    // be run again forever, before anything else is.
    if (round >= maxRounds) return this.#finish(exchange, this.#toOutcome(new TooManyRounds(maxRounds)))
    const questions = Object.entries(outcome.requests ?? {})
    let answers: readonly Answer[]
    try {
      answers = await exchange.ask(
        questions.map(([key, { method, params }]) => toQuestion(key, method, params)),
      )
    } catch (error) {
      return this.#finish(exchange, this.#toOutcome(error))
    }
    exchange.end()
    // One answer for each question, in their order.
    const given = questions.map(([key], index) => [key, answers[index] as Answer] as const)
    const { continuation } = outcome
    const rounds: Rounds = {
      round: round + 1,
      answers: { ...request.rounds.answers, ...Object.fromEntries(given) },
      state: continuation?.kind === "held" ? continuation.state : undefined,
      steps: exchange.steps ?? request.rounds.steps,
      progress: exchange.lastProgress,
    }
    return this.#attempt({ ...request, rounds })
  }

  #finish(exchange: SessionExchange, outcome: Outcome): MaybePromise<Reply> {
    const { message } = this.#given
    const { codec, method } = exchange.request
    // S11/basic/utilities/cancellation: what was cancelled is not answered.
    const isCancelled = exchange.aborted === "cancel"
    exchange.end()
    this.#host.running.count(outcome)
    this.#isComplete = outcome.kind === "complete"
    const body = isCancelled ? undefined : codec.answer(message.id, asResult(outcome, method), method)
    if (this.#stream.isTaken) return andThen(this.#stream.end(body), () => ({ status: 200, body: undefined }))
    if (body === undefined) return { status: 202, body }
    const http = outcome.kind === "failure" ? outcome.http : undefined
    return { status: http?.status ?? 200, body, headers: http?.headers }
  }

  #toOutcome(error: unknown): Outcome {
    const { method } = this.#given.message
    return toFailure(error) ?? unexpected(this.#host.onError(error, method), error)
  }
}

/**
 * What a tool cannot do with this client the model may read: no revision with sessions has an error for it.
 *
 * @see S11/server/tools#error-handling
 */
function asResult(outcome: Outcome, method: string): Outcome {
  if (method !== "tools/call" || outcome.kind !== "failure") return outcome
  if (!(outcome.cause instanceof MissingClientCapability)) return outcome
  return complete({ content: [{ type: "text", text: outcome.error.message }], isError: true })
}

function toQuestion(key: string, method: Question["method"], params: unknown): Question {
  // The parameters of a request are a JSON object.
  return { method, params: params as Question["params"], key }
}

function progressTokenOf({ _meta }: Params): unknown {
  const token = isObject(_meta) ? _meta.progressToken : undefined
  // One that the schema forbids would make every notification that repeats it malformed.
  return typeof token === "string" || Number.isSafeInteger(token) ? token : undefined
}

const firstRound: Rounds = {
  round: 0,
  answers: undefined,
  state: undefined,
  steps: undefined,
  progress: undefined,
}

const noCapabilities: ClientCapabilities = {}
