import { ClientClosed, RequestFailed } from "../errors/testing.ts"
import type { RpcError } from "../protocol/jsonrpc.ts"
import { memorySessions } from "../protocol/session/memory-sessions.ts"
import type { MessageHandler, Reply } from "../protocol/transport.ts"
import type { InitializeResult, InputRequest, SubscriptionFilter } from "../spec/index.ts"
import { metaKeys } from "../spec/meta.ts"
import { latestSessionRevision, type SessionRevision } from "../spec/revisions.ts"
import { tell } from "./channel.ts"
import type { Dialect, Subscription } from "./dialect.ts"
import { clientOf, noOptions, type Values } from "./envelope.ts"
import { answer } from "./input.ts"
import type { ConnectOptions, Listeners, Notification, RequestOptions } from "./options.ts"
import { SessionChannel, type SessionPeer } from "./session-channel.ts"

/** Speaks a revision with sessions: a handshake, then requests both ways over one connection. */
export class SessionWire implements Dialect {
  readonly #handler: MessageHandler
  readonly #options: ConnectOptions
  readonly #revision: SessionRevision
  readonly #peer: SessionPeer
  readonly #listening: Set<(notification: Notification) => void> = new Set()
  readonly #open: Map<number, SessionChannel> = new Map()
  #server: InitializeResult | undefined
  #lastId = 0
  #isClosed = false

  constructor(handler: MessageHandler, options: ConnectOptions) {
    this.#handler = handler
    this.#options = options
    // The options are of the era `session`, and were checked.
    this.#revision = (options.revision as SessionRevision | undefined) ?? latestSessionRevision
    this.#peer = {
      sessions: memorySessions({ idleMs: Number.POSITIVE_INFINITY }),
      connection: { sessionId: undefined, send: (json) => this.#heard(json, this.#options) },
    }
  }

  /** Shakes hands. */
  async open(): Promise<void> {
    const { capabilities, clientInfo } = clientOf(this.#options)
    const params = { protocolVersion: this.#revision, capabilities, clientInfo }
    this.#server = (await this.request("initialize", params)) as InitializeResult
    await this.notify("notifications/initialized", {})
    const { logLevel } = this.#options
    if (logLevel !== undefined) await this.request("logging/setLevel", { level: logLevel })
  }

  async request(method: string, params: Values, options: RequestOptions = noOptions): Promise<object> {
    // What the stateless era asks for, this one was told by the handshake.
    if (method === "server/discover") return this.#discovered()
    options.signal?.throwIfAborted()
    if (this.#isClosed) throw new ClientClosed()
    const id = ++this.#lastId
    const message = { jsonrpc: "2.0", id, method, params: this.#withMeta(id, params, options) }
    const channel = this.#channel(options)
    this.#open.set(id, channel)
    try {
      const { signal } = options
      const reply = this.#post(message, channel)
      const settled = await (signal === undefined ? reply : this.#orCancelled(reply, id, signal))
      return this.#read(method, settled, channel)
    } finally {
      this.#open.delete(id)
    }
  }

  async notify(method: string, params: Values): Promise<void> {
    if (this.#isClosed) throw new ClientClosed()
    await this.#post({ jsonrpc: "2.0", method, params }, this.#channel(noOptions))
  }

  async listen(filter: SubscriptionFilter, options: RequestOptions = noOptions): Promise<Subscription> {
    options.signal?.throwIfAborted()
    const uris = filter.resourceSubscriptions ?? []
    for (const uri of uris) await this.request("resources/subscribe", { uri })
    const hear = (notification: Notification) => {
      if (isWanted(notification, filter)) options.onNotification?.(notification)
    }
    this.#listening.add(hear)
    let leave: () => void = () => undefined
    const ended = new Promise<undefined>((resolve) => {
      leave = () => resolve(undefined)
    })
    const close = async (): Promise<void> => {
      this.#listening.delete(hear)
      if (!this.#isClosed) for (const uri of uris) await this.request("resources/unsubscribe", { uri })
      leave()
    }
    options.signal?.addEventListener("abort", () => void close(), { once: true })
    return { honored: filter, ended, close, [Symbol.asyncDispose]: close }
  }

  /** Goes away: over a connection of its own, that ends what still runs. */
  close(): void {
    this.#isClosed = true
    for (const channel of this.#open.values()) channel.leave()
    this.#handler.end?.(this.#channel(noOptions))
  }

  #discovered(): object {
    const { capabilities, instructions, serverInfo } = this.#server ?? {}
    return {
      resultType: "complete",
      supportedVersions: [this.#revision],
      capabilities,
      ...(instructions === undefined ? undefined : { instructions }),
      ttlMs: 0,
      cacheScope: "private",
      _meta: { [metaKeys.serverInfo]: serverInfo },
    }
  }

  #read(method: string, reply: Reply, channel: SessionChannel): object {
    if (channel.failure !== undefined) throw channel.failure.error
    if (this.#isClosed) throw new ClientClosed()
    // The engine answers every request that was not cancelled with a response, which it wrote itself.
    const { result, error } = JSON.parse(reply.body ?? "{}") as {
      readonly result?: object
      readonly error?: RpcError
    }
    if (result !== undefined) return result
    throw new RequestFailed(method, error ?? { code: 0, message: "no answer" }, reply.status)
  }

  #orCancelled(reply: Promise<Reply>, id: number, signal: AbortSignal): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        reject(signal.reason)
        void this.notify("notifications/cancelled", { requestId: id })
      }
      signal.addEventListener("abort", cancel, { once: true })
      reply.then(resolve, reject).finally(() => signal.removeEventListener("abort", cancel))
    })
  }

  #channel(options: RequestOptions): SessionChannel {
    const { principal = this.#options.principal } = options
    return new SessionChannel(this.#peer, principal, (json, channel) => {
      try {
        this.#heard(json, { ...this.#options, ...options })
      } catch (error) {
        channel.failure ??= { error }
      }
    })
  }

  /** Hears what the server sends on its own: requests, which are answered, and notifications. */
  #heard(json: string, listeners: Listeners): void {
    // The server wrote it, by this same program.
    const message = JSON.parse(json) as Notification & { readonly id?: string }
    const { id, method, params = {} } = message
    if (id !== undefined) void this.#answer(id, { method, params } as unknown as InputRequest)
    else {
      tell(listeners, { method, params })
      for (const hear of this.#listening) hear({ method, params })
    }
  }

  async #answer(id: string, request: InputRequest): Promise<void> {
    const response = await answer(request, this.#options).then(
      (result) => ({ result }),
      (error: unknown) => ({
        error: { code: -32603, message: error instanceof Error ? error.message : String(error) },
      }),
    )
    if (!this.#isClosed) await this.#post({ jsonrpc: "2.0", id, ...response }, this.#channel(noOptions))
  }

  async #post(message: object, channel: SessionChannel): Promise<Reply> {
    const sent: unknown = this.#options.serialize === false ? message : JSON.parse(JSON.stringify(message))
    return this.#handler.handle(sent, channel)
  }

  #withMeta(id: number, params: Values, options: RequestOptions): Values {
    const hearsProgress = (options.onProgress ?? this.#options.onProgress) !== undefined
    const meta = {
      ...(params._meta as object | undefined),
      ...(hearsProgress ? { [metaKeys.progressToken]: id } : undefined),
      ...(options.version === undefined ? undefined : { "fleetmcp/version": options.version }),
      ...options.meta,
    }
    return Object.keys(meta).length === 0 ? params : { ...params, _meta: meta }
  }
}

/** What of all that changes somebody asked to hear. */
function isWanted({ method, params }: Notification, filter: SubscriptionFilter): boolean {
  switch (method) {
    case "notifications/tools/list_changed":
      return filter.toolsListChanged === true
    case "notifications/prompts/list_changed":
      return filter.promptsListChanged === true
    case "notifications/resources/list_changed":
      return filter.resourcesListChanged === true
    case "notifications/resources/updated":
      return filter.resourceSubscriptions?.some((uri) => String(params.uri).startsWith(uri)) === true
    default:
      return false
  }
}
