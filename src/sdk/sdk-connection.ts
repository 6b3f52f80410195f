import { isObject, type Params, type RpcError } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"
import { memorySessions } from "../protocol/session/memory-sessions.ts"
import type { Sessions } from "../protocol/session/session.ts"
import type { Connection, HeaderBag, MessageHandler, Reply } from "../protocol/transport.ts"
import { SdkChannel } from "./sdk-channel.ts"
import { type SdkAuthInfo, type SdkContext, toSdkContext } from "./sdk-context.ts"
import type { OpenSdkServer, SdkRequest } from "./sdk-server.ts"

/** What a connection of the SDK is served by. */
export interface SdkHost {
  readonly handler: MessageHandler
  readonly server: OpenSdkServer
  readonly toPrincipal: (authInfo: SdkAuthInfo) => Promise<Principal>
}

/** Who sent a message. */
interface Sender {
  readonly principal: Principal | undefined
  readonly headers: HeaderBag | undefined
}

/** What a transport knows of a message, as far as both versions of the SDK agree on it. */
interface MessageExtra {
  readonly authInfo?: SdkAuthInfo
}

/** One connection of an SDK server: its client has a session of its own, which is opened as the client opened its own. */
export class SdkConnection implements Connection {
  sessionId: string | undefined
  readonly #host: SdkHost
  readonly #sessions: Sessions
  readonly #running: Set<SdkChannel> = new Set()
  /** What the client was asked, by the ids of the questions. */
  readonly #asked: Map<unknown, AbortController> = new Map()
  /** What the client said of itself. One that said nothing is served without a session. */
  #hello: Params | undefined
  #opening: Promise<void> | undefined
  #opener: Sender = { principal: undefined, headers: undefined }
  #isOver = false

  constructor(host: SdkHost) {
    this.sessionId = undefined
    this.#host = host
    this.#sessions = memorySessions({ idleMs: Number.POSITIVE_INFINITY, max: 1 })
  }

  /**
   * Sees a message as the SDK does, which answers some itself, and tells its handlers of notifications nothing of who
   * sent them.
   */
  observe(message: unknown, extra: unknown): void {
    if (!isObject(message)) return
    const { id, method, params } = message
    if (method === "initialize") {
      this.#hello = isObject(params) ? params : {}
      this.#opening = undefined
      return
    }
    // A level is a request that the SDK may answer itself, where all others are answered by `request`.
    if (method === "logging/setLevel" || (id === undefined && typeof method === "string"))
      this.#try(() => this.#hearOf(message, extra))
  }

  /** Answers a request, or rejects with the error that the SDK is to answer. */
  async request(request: SdkRequest, given: unknown): Promise<unknown> {
    const context = toSdkContext(request, given)
    const { authInfo, headers, params, isStateless } = context
    const sender: Sender = { principal: await this.#principalOf(authInfo), headers }
    if (!isStateless) await this.#open(sender)
    const channel = this.#channel(sender, isStateless, (json) => this.#hear(json, context, sender))
    const { id, method } = request
    return this.#run(channel, context.signal, { jsonrpc: "2.0", id, method, params })
  }

  /** Tells the client what belongs to no request. */
  send(json: string): void {
    if (!this.#isOver) this.#try(() => this.#host.server.notification(JSON.parse(json)))
  }

  /** Ends what still runs: the client is gone. */
  over(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const channel of this.#running) channel.abort("disconnect")
    for (const question of this.#asked.values()) question.abort()
    if (this.sessionId !== undefined)
      this.#try(async () => this.#host.handler.end?.(this.#channel(this.#opener, false)))
  }

  async #run(channel: SdkChannel, signal: AbortSignal, message: object): Promise<unknown> {
    const cancel = () => channel.abort("cancel")
    this.#running.add(channel)
    if (signal.aborted) cancel()
    signal.addEventListener("abort", cancel, { once: true })
    try {
      return await answerOf(await this.#host.handler.handle(message, channel))
    } finally {
      signal.removeEventListener("abort", cancel)
      this.#running.delete(channel)
    }
  }

  /** Passes on what only is to be heard. From the first of it on, its client hears of changes. */
  async #hearOf(message: Params, extra: unknown): Promise<void> {
    // What a transport says of a message, by the contract of the SDK.
    const { authInfo } = (extra ?? {}) as MessageExtra
    const sender: Sender = { principal: await this.#principalOf(authInfo), headers: undefined }
    await this.#open(sender)
    await this.#pass(message, sender)
  }

  /** Whom the SDK let in. Why that cannot be said is no business of the client. */
  async #principalOf(authInfo: SdkAuthInfo | undefined): Promise<Principal | undefined> {
    if (authInfo === undefined) return undefined
    try {
      return await this.#host.toPrincipal(authInfo)
    } catch (error) {
      this.#host.server.onerror?.(error)
      const hidden: RpcError = { code: -32603, message: "Internal error." }
      return Promise.reject(hidden)
    }
  }

  /** Opens the session, once, for whoever comes first; again where that failed, or the client said hello again. */
  #open(sender: Sender): Promise<void> | undefined {
    if (this.#hello === undefined) return undefined
    if (this.#opening !== undefined) return this.#opening
    const opening = this.#shakeHands(this.#hello, sender).catch((error) => {
      if (this.#opening === opening) this.#opening = undefined
      throw error
    })
    this.#opening = opening
    return opening
  }

  /** Says for the client what it said to the SDK, with the revision that they agreed on. */
  async #shakeHands(hello: Params, sender: Sender): Promise<void> {
    this.#opener = sender
    const protocolVersion = this.#host.server.getNegotiatedProtocolVersion?.() ?? hello.protocolVersion
    const params = { ...hello, protocolVersion }
    await answerOf(await this.#pass({ jsonrpc: "2.0", id: 0, method: "initialize", params }, sender))
    // It left meanwhile.
    if (this.#isOver) await this.#host.handler.end?.(this.#channel(sender, false))
  }

  async #pass(message: object, sender: Sender): Promise<Reply> {
    return this.#host.handler.handle(message, this.#channel(sender, false))
  }

  #channel(sender: Sender, isStateless: boolean, hear: (json: string) => void = ignore): SdkChannel {
    const hasSession = !isStateless && this.#hello !== undefined
    const sessions = hasSession ? this.#sessions : undefined
    return new SdkChannel({ ...sender, sessions, connection: hasSession ? this : undefined }, hear)
  }

  /** Brings the client what is sent ahead of an answer. */
  #hear(json: string, context: SdkContext, sender: Sender): void {
    // Our own engine wrote it.
    const { id, method, params } = JSON.parse(json) as SdkRequest
    if (id !== undefined)
      this.#try(() => this.#ask({ id, method, ...(params && { params }) }, context, sender))
    // The SDK asked under an id of its own, and says itself that it is over.
    else if (method === "notifications/cancelled") this.#asked.get(params?.requestId)?.abort(params?.reason)
    else this.#try(() => context.notify({ method, ...(params && { params }) }))
  }

  async #ask({ id, ...question }: SdkRequest, context: SdkContext, sender: Sender): Promise<void> {
    const until = new AbortController()
    this.#asked.set(id, until)
    const response = await context.ask(question, until.signal).then(
      (result) => ({ result }),
      (error: unknown) => ({ error: toRpcError(error) }),
    )
    this.#asked.delete(id)
    await this.#pass({ jsonrpc: "2.0", id, ...response }, sender)
  }

  /** What cannot be said to the client the owner of the SDK server hears. */
  #try(run: () => Promise<unknown>): void {
    run().catch((error) => {
      if (!this.#isOver) this.#host.server.onerror?.(error)
    })
  }
}

/** Takes the result out of an answer; rejects with what the SDK makes an error of. */
function answerOf({ body }: Reply): Promise<Params> {
  // Nobody waits for what was cancelled.
  if (body === undefined) return Promise.resolve({})
  const { result, error } = JSON.parse(body) as { readonly result?: Params; readonly error?: RpcError }
  return error === undefined ? Promise.resolve(result ?? {}) : Promise.reject(error)
}

/** The error that a client answered with, which the SDK throws as an error of its own. */
function toRpcError(error: unknown): RpcError {
  const { code = -32603, message = String(error) } = isObject(error) ? error : {}
  // Version 1 writes the code into the message of its errors, too.
  const text = String(message).replace(`MCP error ${code}: `, "")
  return { code: Number.isSafeInteger(code) ? Number(code) : -32603, message: text }
}

function ignore(): void {
  // What is only passed on has no answer that something could precede.
}
