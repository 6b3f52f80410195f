import type { Json, PeerNotification, PeerRequest } from "../client/rpc.ts"
import { MissingClientCapability } from "../errors/capabilities.ts"
import { SessionLost, WrongResult } from "../errors/client.ts"
import { CallAborted, isSuspended, MethodNotFound, Suspended } from "../errors/protocol.ts"
import { UpstreamDown } from "../errors/proxy.ts"
import { TooManyRounds } from "../errors/rounds.ts"
import { RequestFailed } from "../errors/testing.ts"
import { type Call, maxRounds, type Question } from "../protocol/call.ts"
import { missingCapability } from "../protocol/capability.ts"
import { toFailure } from "../protocol/dispatcher.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { principalKey } from "../protocol/principal.ts"
import { HandedOn } from "../server/handed-on.ts"
import { randomText } from "../shared/random-text.ts"
import { textHash } from "../shared/text-hash.ts"
import { metaKeys } from "../spec/meta.ts"
import { hear, setLevel } from "./proxy-hear.ts"
import { toldCapabilities, toldMeta } from "./proxy-meta.ts"
import { type Claim, LiveCall, type Parking, type Round } from "./proxy-parked.ts"
import type { Caller, Ears, Lease, Pool } from "./proxy-pool.ts"

/** What a call of an upstream needs of its proxy. */
export interface CallHost {
  /** The name of the upstream. */
  readonly name: string
  readonly pool: Pool
  readonly parking: Parking
  readonly callerOf: (call: Call) => Promise<Caller>
  /** Hears what an upstream says to all on the stream of one request. */
  readonly onNotification: (notification: PeerNotification, caller: Caller) => void
}

/** What is asked of an upstream. */
export interface UpstreamRequest {
  readonly method: string
  readonly params: Json
  /** HTTP headers that repeat arguments. */
  readonly headers?: { readonly [name: string]: string } | undefined
}

/** Sends what a call asks for to the upstream, once, and gives its result as it came. */
export async function callUpstream(host: CallHost, request: UpstreamRequest, call: Call): Promise<object> {
  const run = new UpstreamRun(host, request, call)
  try {
    return toResult(await run.result())
  } catch (error) {
    throw run.explained(error)
  }
}

/** One run of a call, from the request of its client to what that is answered. */
class UpstreamRun {
  readonly #host: CallHost
  readonly #request: UpstreamRequest
  readonly #call: Call
  /** Names the call among all that the same client's call makes, the same in all of its rounds. */
  readonly #key: string
  #handle: Promise<string> | undefined
  #isNew = false

  constructor(host: CallHost, request: UpstreamRequest, call: Call) {
    this.#host = host
    this.#request = request
    this.#call = call
    const content = textHash(JSON.stringify([host.name, request.method, request.params]))
    const count = call.nestedCounts.get(`proxy/${content}`) ?? 0
    call.nestedCounts.set(`proxy/${content}`, count + 1)
    this.#key = `proxy/${content}-${count}`
  }

  /** Whether the client is asked while the call runs: nothing runs again with its answers. */
  get #isLive(): boolean {
    return this.#call.exchange.session !== undefined
  }

  async result(): Promise<Json> {
    const { pool, callerOf, parking } = this.#host
    const { round } = this.#call
    const caller = await callerOf(this.#call)
    // What else the handler of a nested call does may end its round, too: then it is found again in the next one.
    const isFoundAgain = !this.#isLive && (round > 0 || this.#call.parent !== undefined)
    // Where it went on in the round before depends on what the upstream speaks.
    if (isFoundAgain && pool.era === undefined) (await pool.lease(caller)).release()
    if (isFoundAgain && pool.era === "session") {
      const handle = await this.#ownHandle()
      if (!this.#isNew) return this.#wait(parking.take(handle, this.#claim), caller)
    }
    const lease = await pool.lease(caller)
    if (lease.connection.era === "session")
      return this.#wait(new LiveCall((live) => this.#send(live, lease, caller)), caller)
    try {
      return await this.#inRounds(lease, caller)
    } finally {
      lease.release()
    }
  }

  /** What the caller is told of an error. */
  explained(error: unknown): unknown {
    const { inert } = this.#call.exchange
    if (error instanceof HandedOn || isSuspended(error) || (error instanceof CallAborted && inert))
      return error
    if (error instanceof RequestFailed)
      return new HandedOn({ kind: "failure", error: error.error, cause: error })
    const failure = toFailure(error) ?? toFailure(new UpstreamDown(this.#host.name, error))
    return failure === undefined ? error : new HandedOn(failure)
  }

  get #claim(): Claim {
    const { method, target, peer } = this.#call
    return {
      principal: principalKey(peer.principal),
      method,
      key: `${this.#host.name} ${this.#key}`,
      target,
    }
  }

  /** Sends the request to an upstream with sessions. Only one that was not taken is sent again. */
  async #send(live: LiveCall, first: Lease, caller: Caller): Promise<Json> {
    const ears: Ears = {
      onNotification: (notification) => live.hear?.(notification),
      onRequest: (question) => live.ask(question),
    }
    try {
      return await this.#sendBy(first, live.signal, ears)
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error
      await first.connection.close()
      return this.#sendBy(await this.#host.pool.lease(caller), live.signal, ears)
    }
  }

  async #sendBy(lease: Lease, signal: AbortSignal, ears: Ears): Promise<Json> {
    const { connection, users } = lease
    const { exchange, meta } = this.#call
    const { method, params, headers } = this.#request
    users.add(ears)
    try {
      await setLevel(connection, exchange.logLevel)
      return await connection.request(
        method,
        { ...params, ...toldMeta(meta, { era: "session", logLevel: undefined }) },
        { signal, headers, ...ears },
      )
    } finally {
      users.delete(ears)
      lease.release()
    }
  }

  /** Waits for a call that may ask, for as long as this round lasts. */
  async #wait(live: LiveCall, caller: Caller): Promise<Json> {
    const { exchange } = this.#call
    const stop = onAborted(exchange.signal, (reason) => {
      if (isSuspension(reason)) void this.#leave(live)
      else live.abort(reason)
    })
    // What it tells goes to whoever waits now.
    live.hear = (notification) => this.#hear(notification, caller)
    try {
      return await live.through(this.#round(live))
    } catch (error) {
      if (isSuspended(error) && this.#handle !== undefined) this.#host.parking.park(await this.#handle)
      throw error
    } finally {
      stop()
    }
  }

  /** The round ends by a question of somebody else: the call goes on at the upstream. */
  async #leave(live: LiveCall): Promise<void> {
    if (this.#handle === undefined) return
    try {
      this.#host.parking.reserve(await this.#handle, this.#claim, live)
      live.leave(new Suspended())
    } catch (error) {
      live.abort(error)
    }
  }

  #round(live: LiveCall): Round {
    return {
      ask: async (question, key) => {
        const asked = this.#question(question)
        // A client with a session is asked at once; another one with the answer to this round.
        if (!this.#isLive) this.#host.parking.reserve(await this.#ownHandle(), this.#claim, live)
        return this.#ask({ ...asked, key: this.#isLive ? undefined : `${this.#key.slice(6)}-${key}` })
      },
    }
  }

  /** @throws {MissingClientCapability} */
  #question({ method, params }: Pick<PeerRequest, "method" | "params">): Omit<Question, "key"> {
    if (method !== "elicitation/create" && method !== "sampling/createMessage" && method !== "roots/list")
      throw new MethodNotFound(method)
    const missing = missingCapability(this.#call.peer.capabilities, method, params)
    if (missing !== undefined) throw new MissingClientCapability(missing)
    const { _meta, ...rest } = params
    const { progressToken: _token, ...meta } = isObject(_meta) ? _meta : {}
    return { method, params: Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta } }
  }

  async #ask(question: Question): Promise<object> {
    const [answer] = await this.#call.exchange.ask([question])
    // One question, one answer.
    return answer as object
  }

  /** The handle under which the call waits: it is kept with what the client keeps, sealed. */
  #ownHandle(): Promise<string> {
    this.#handle ??= this.#step("live", async () => {
      this.#isNew = true
      return randomText()
    })
    return this.#handle
  }

  #step<T>(name: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const step = {
      key: `${this.#key}/${name}`,
      name: this.#host.name,
      by: this.#call,
      run: ({ signal }: { readonly signal: AbortSignal }) => run(signal),
      toJson: (value: unknown) => value,
    }
    // JSON gives what JSON was.
    return this.#call.exchange.step(step) as Promise<T>
  }

  /** Asks an upstream without sessions, round after round: each of them is sent once, whatever is sent again to us. */
  async #inRounds(lease: Lease, caller: Caller): Promise<Json> {
    const { round } = this.#call
    let answered: Json = {}
    for (let count = 0; count <= maxRounds; count++) {
      const send = (signal?: AbortSignal) => this.#sendStateless(lease, caller, { answered, signal })
      const isStep = !this.#isLive && round + count > 0
      const result = isStep ? await this.#step(`${count}`, send) : await send()
      if (result.resultType !== "input_required") return result
      const { inputRequests, requestState } = result
      // The next run begins here: what was asked is not asked for again.
      if (!isStep && !this.#isLive)
        await this.#step(`${count}`, async () => ({
          resultType: "input_required",
          inputRequests,
          requestState,
        }))
      answered = {
        inputResponses: await this.#answers(inputRequests, count),
        ...(requestState === undefined ? undefined : { requestState }),
      }
    }
    throw new TooManyRounds(maxRounds)
  }

  async #answers(requests: unknown, count: number): Promise<Json> {
    const entries = Object.entries(isObject(requests) ? requests : {})
    if (entries.length > mostRequests)
      throw new WrongResult(this.#request.method, `asks more than ${mostRequests} questions at once`)
    const questions = entries.map(([key, asked]): Question => {
      if (!isObject(asked) || typeof asked.method !== "string")
        throw new WrongResult(this.#request.method, "asks what is no question")
      const params = isObject(asked.params) ? asked.params : {}
      const question = this.#question({ method: asked.method, params })
      const own = count === 0 ? key : `${key}~${count}`
      return { ...question, params: asked.params === undefined ? undefined : question.params, key: own }
    })
    const answers = questions.length === 0 ? [] : await this.#call.exchange.ask(questions)
    return Object.fromEntries(entries.map(([key], index) => [key, answers[index]]))
  }

  async #sendStateless(
    { connection, users }: Lease,
    caller: Caller,
    { answered, signal }: { readonly answered: Json; readonly signal: AbortSignal | undefined },
  ): Promise<Json> {
    const { exchange, meta, peer } = this.#call
    const { method, params, headers } = this.#request
    const controller = new AbortController()
    const stop = onAborted(exchange.signal, (reason) => {
      if (!isSuspension(reason)) controller.abort(reason)
    })
    const { logLevel } = exchange
    const ears: Ears = {
      onNotification: (notification) => this.#hear(notification, caller),
      onRequest: async ({ method: asked }) => {
        throw new MethodNotFound(asked)
      },
    }
    users.add(ears)
    try {
      return await connection.request(
        method,
        { ...params, ...answered, ...toldMeta(meta, { era: "stateless", logLevel }) },
        {
          signal: signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal]),
          headers,
          capabilities: toldCapabilities(peer.capabilities, "stateless"),
          onNotification: ears.onNotification,
        },
      )
    } finally {
      users.delete(ears)
      stop()
    }
  }

  #hear(notification: PeerNotification, caller: Caller): void {
    hear(this.#call, notification, () => this.#host.onNotification(notification, caller))
  }
}

/** The most questions of one round. */
const mostRequests = 100

function onAborted(signal: AbortSignal, run: (reason: unknown) => void): () => void {
  const listener = () => run(signal.reason)
  if (signal.aborted) listener()
  else signal.addEventListener("abort", listener, { once: true })
  return () => signal.removeEventListener("abort", listener)
}

/** Whether a call is answered with questions: what it waits for goes on. */
function isSuspension(reason: unknown): boolean {
  return reason instanceof CallAborted && reason.reason === "suspended"
}

/** A result without what belongs to the connection it came over. */
function toResult({ resultType, ...rest }: Json): object {
  const result = withoutServer(rest)
  if (resultType === undefined || resultType === "complete") return result
  throw new HandedOn({ kind: "extended", resultType: String(resultType), result })
}

function withoutServer(result: Json): Json {
  const { _meta } = result
  if (!isObject(_meta) || !(metaKeys.serverInfo in _meta)) return result
  const { [metaKeys.serverInfo]: _server, ...meta } = _meta
  const { _meta: _, ...rest } = result
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta }
}
