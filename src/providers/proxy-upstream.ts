import { type Connection, openConnection } from "../client/connection.ts"
import type { Json, PeerNotification } from "../client/rpc.ts"
import type { Place } from "../client/target.ts"
import type { Verdict } from "../client/verdicts.ts"
import type { Completer, Suggestions } from "../components/completion.ts"
import type { ComponentKind } from "../components/component.ts"
import { UpstreamDown } from "../errors/proxy.ts"
import type { Call } from "../protocol/call.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import { headerParams } from "../schema/header-params.ts"
import { paramHeaders } from "../schema/param-headers.ts"
import type { JsonSchema } from "../schema/schema.ts"
import { CallContext } from "../server/context.ts"
import type { ChangeListener, EventListener, Provider, Resolved, Scope } from "../server/provider.ts"
import { consoleLog, type ServerLog, safeLog } from "../server/server-log.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { createLru, type Lru } from "../shared/lru.ts"
import { randomText } from "../shared/random-text.ts"
import { textDigest } from "../shared/text-digest.ts"
import { callUpstream, type UpstreamRequest } from "./proxy-call.ts"
import { UpstreamCatalog } from "./proxy-catalog.ts"
import type { Fields, Running } from "./proxy-components.ts"
import { toldCapabilities } from "./proxy-meta.ts"
import { forwardedNames, type ProxyOptions } from "./proxy-options.ts"
import { Parking } from "./proxy-parked.ts"
import { type Caller, type Ears, Pool } from "./proxy-pool.ts"
import { UpstreamWatches } from "./proxy-watch.ts"

/** One server elsewhere: where it is, or a connection that somebody else opened and closes. */
export type UpstreamPlace = Place | { readonly kind: "open"; readonly connection: Connection }

/** How long a list that failed is not tried again, in milliseconds. */
const quietMs = 2_000

/** Finds components at another server. Nothing is connected before it is first asked. */
export function upstreamProvider(name: string, place: UpstreamPlace, options: ProxyOptions): Provider {
  const upstream = new Upstream(name, place, options)
  return {
    name,
    list: (kind, scope) => upstream.list(kind, scope) as Promise<readonly Resolved<typeof kind>[]>,
    find: (kind, id, scope) => upstream.find(kind, id, scope) as Promise<Resolved<typeof kind> | undefined>,
    onChange: (listener) => upstream.onChange(listener),
    onEvent: (listener) => upstream.onEvent(listener),
    lifespan: async () => upstream.hold(),
  }
}

class Upstream {
  readonly #name: string
  readonly #place: UpstreamPlace
  readonly #options: ProxyOptions
  readonly #forwarded: readonly string[]
  readonly #pool: Pool
  readonly #parking: Parking
  readonly #watches: UpstreamWatches
  readonly #catalog: UpstreamCatalog
  readonly #log: ServerLog
  readonly #now: () => number
  readonly #changeListeners: Set<ChangeListener> = new Set()
  readonly #eventListeners: Set<EventListener> = new Set()
  readonly #failures: Lru<string, unknown>
  readonly #listening: WeakSet<Connection> = new WeakSet()
  readonly #sessions: Set<string> = new Set()
  #verdict: Verdict | undefined
  #isDown = false
  #holds = 0

  constructor(name: string, place: UpstreamPlace, options: ProxyOptions) {
    const { maxConnections = 1_000, idleMs = 300_000, cacheTtlMs = 300_000, random = Math.random } = options
    const { parkedMs = 600_000, maxParked = 1_000, maxParkedPerPrincipal = 16 } = options
    this.#name = name
    this.#place = place
    this.#options = options
    this.#forwarded = place.kind === "url" ? forwardedNames(options) : []
    this.#now = options.now ?? (() => performance.now())
    this.#log = safeLog(options.log ?? consoleLog)
    this.#failures = createLru({ max: 1_000, ttlMs: quietMs, now: this.#now })
    this.#parking = new Parking({ ttlMs: parkedMs, max: maxParked, maxPerPrincipal: maxParkedPerPrincipal })
    this.#pool = new Pool({
      upstream: name,
      open: (caller, ears) => this.#open(caller, ears),
      onNotification: (notification, caller) => this.#hear(notification, caller),
      max: maxConnections,
      idleMs,
      now: this.#now,
      random,
    })
    this.#watches = new UpstreamWatches(this.#pool, (notification, caller) =>
      this.#hear(notification, caller),
    )
    this.#catalog = new UpstreamCatalog({
      upstream: name,
      ttlMs: cacheTtlMs,
      log: this.#log,
      now: this.#now,
      running: (connection) => this.#running(connection),
      onChange: (kinds) => this.#tell(kinds),
    })
  }

  async list(kind: ComponentKind, scope: Scope): Promise<readonly Resolved[]> {
    const caller = await this.#lister(scope)
    const fresh = this.#catalog.fresh(kind, keyOf(caller))
    if (fresh !== undefined) return fresh.entries
    try {
      return (await this.#read(kind, caller)).entries
    } catch (error) {
      if (this.#options.onDown === "fail") throw error
      return []
    }
  }

  async find(kind: ComponentKind, id: string, scope: Scope): Promise<Resolved | undefined> {
    const caller = await this.#lister(scope)
    const known = this.#catalog.known(kind, keyOf(caller))
    // What was listed once is called, and the upstream says whether it is still there.
    const isSpoilt = known?.freshUntil === Number.NEGATIVE_INFINITY
    const found = isSpoilt ? undefined : known?.byId.get(id)
    if (found !== undefined) return found
    try {
      const kept = this.#catalog.fresh(kind, keyOf(caller)) ?? (await this.#read(kind, caller))
      const entry = kept.byId.get(id)
      if (entry !== undefined) return entry
    } catch (error) {
      const before = known?.byId.get(id)
      // It was here: the call says what is wrong.
      if (before !== undefined) return before
      if (this.#options.onDown === "fail") throw error
    }
    // It may be there a moment later, and nobody would say so: what was not found is not to be remembered.
    this.#tell([])
    return undefined
  }

  onChange(listener: ChangeListener): () => void {
    this.#changeListeners.add(listener)
    return () => void this.#changeListeners.delete(listener)
  }

  onEvent(listener: EventListener): () => void {
    this.#eventListeners.add(listener)
    return () => void this.#eventListeners.delete(listener)
  }

  /** Keeps it in use by one more server. What it returns ends that, and closes all with the last. */
  hold(): () => Promise<void> {
    this.#holds++
    return async () => {
      this.#holds--
      if (this.#holds > 0) return
      this.#watches.close()
      this.#parking.close()
      this.#catalog.clear()
      this.#failures.clear()
      await this.#pool.close()
    }
  }

  async #read(kind: ComponentKind, caller: Caller): ReturnType<UpstreamCatalog["read"]> {
    const failure = this.#failures.get(keyOf(caller))
    if (failure !== undefined) throw failure
    try {
      const kept = await this.#catalog.read(kind, keyOf(caller), () => this.#reading(caller))
      if (this.#isDown) this.#log({ level: "info", message: `The upstream \`${this.#name}\` is back` })
      this.#isDown = false
      return kept
    } catch (cause) {
      const error = cause instanceof UpstreamDown ? cause : new UpstreamDown(this.#name, cause)
      this.#failures.set(keyOf(caller), error)
      if (!this.#isDown) this.#log({ level: "warning", message: error.message, error: cause })
      this.#isDown = true
      throw error
    }
  }

  async #reading(caller: Caller): ReturnType<Parameters<UpstreamCatalog["read"]>[2]> {
    const { connection, release } = await this.#pool.leaseAny(caller)
    this.#listen(connection, caller)
    return { connection, release, signal: AbortSignal.timeout(this.#connectTimeoutMs) }
  }

  get #connectTimeoutMs(): number {
    return this.#options.connectTimeoutMs ?? 15_000
  }

  async #open(caller: Caller, ears: Ears): Promise<Connection> {
    const place = this.#place
    if (place.kind === "open") return unclosed(place.connection)
    const { era, clientInfo, headers, fetch: send, token, authProvider, stderr, maxTimeoutMs } = this.#options
    const isForwarding = Object.keys(caller.headers).length > 0
    try {
      const connection = await openConnection(place, {
        ...(era && { era }),
        ...(clientInfo && { clientInfo }),
        ...(authProvider && { authProvider }),
        ...(token && { token }),
        ...(stderr && { stderr }),
        headers: { ...headers, ...caller.headers },
        // What a caller's headers say is for this upstream, and for nobody it sends us to.
        fetch: isForwarding ? unredirected(send ?? ((input, init) => fetch(input, init))) : send,
        capabilities: toldCapabilities(caller.capabilities, "session"),
        timeoutMs: this.#connectTimeoutMs,
        maxTimeoutMs,
        prior: this.#verdict,
        ...ears,
      })
      this.#verdict = connection.verdict
      return withTimeouts(connection, this.#options)
    } catch (error) {
      // It may have been replaced by one that speaks otherwise.
      this.#verdict = undefined
      throw error
    }
  }

  /** Has an upstream without sessions say when its lists change. */
  #listen(connection: Connection, caller: Caller): void {
    if (connection.era !== "stateless" || this.#listening.has(connection)) return
    const { tools, prompts, resources } = connection.capabilities as {
      readonly [name: string]: Json | undefined
    }
    const notifications = {
      ...(tools?.listChanged === true && { toolsListChanged: true }),
      ...(prompts?.listChanged === true && { promptsListChanged: true }),
      ...(resources?.listChanged === true && { resourcesListChanged: true }),
    }
    if (Object.keys(notifications).length === 0) return
    this.#listening.add(connection)
    const end = () => void this.#listening.delete(connection)
    connection
      .request(
        "subscriptions/listen",
        { notifications },
        {
          timeoutMs: longestTimer,
          maxTimeoutMs: longestTimer,
          onNotification: (notification) => this.#hear(notification, caller),
        },
      )
      // The next list tries again.
      .then(end, end)
  }

  #hear({ method, params }: PeerNotification, { identity }: Caller): void {
    const kinds = Object.hasOwn(listKinds, method) ? listKinds[method] : undefined
    if (kinds !== undefined) this.#catalog.changed(kinds)
    if (method !== "notifications/resources/updated" || typeof params.uri !== "string") return
    // What is told in somebody's session is his.
    const audience = identity.startsWith("p:") ? { audience: [identity.slice(2)] } : undefined
    const sessions = identity.startsWith("s:") ? { sessions: [identity.slice(2)] } : undefined
    const event = { topic: "resourceSubscriptions", method, params, ...audience, ...sessions }
    for (const listener of this.#eventListeners) listener(event)
  }

  #tell(kinds: readonly ComponentKind[]): void {
    for (const listener of this.#changeListeners) listener(kinds)
  }

  /** Who lists: his session is not known here, so that callers without a name share what they are listed. */
  async #lister({ principal, headers }: Scope): Promise<Caller> {
    const own = principal === undefined ? "local" : `p:${principal.key}`
    const identity = this.#isShared ? "shared" : own
    return { identity, ...(await this.#headersOf(headers)), capabilities: {}, isOnce: false }
  }

  async #callerOf({ peer, exchange }: Call): Promise<Caller> {
    const { session, headers } = exchange
    const { capabilities, principal } = peer
    const own =
      principal !== undefined
        ? `p:${principal.key}`
        : session !== undefined
          ? `s:${session.id}`
          : // Over HTTP nobody knows who comes twice; a program of the same machine has one client.
            headers === undefined
            ? "local"
            : `x:${randomText()}`
    const identity = this.#isShared ? "shared" : own
    if (session !== undefined && identity.startsWith("s:")) this.#endWith(session, identity)
    const isOnce = identity.startsWith("x:")
    return { identity, ...(await this.#headersOf(headers)), capabilities, isOnce }
  }

  get #isShared(): boolean {
    return this.#options.identity === "shared" || this.#place.kind === "open"
  }

  #endWith(session: NonNullable<Call["exchange"]["session"]>, identity: string): void {
    if (this.#sessions.has(identity)) return
    this.#sessions.add(identity)
    session.onEnd(() => {
      this.#sessions.delete(identity)
      void this.#pool.forget(identity)
    })
  }

  async #headersOf(bag: HeaderBag | undefined): Promise<Pick<Caller, "headers" | "headersKey">> {
    if (bag === undefined || this.#forwarded.length === 0) return noHeaders
    const entries = this.#forwarded.flatMap((name) => {
      const value = bag.get(name)
      return value === undefined ? [] : [[name, value] as const]
    })
    if (entries.length === 0) return noHeaders
    // As a digest: keys are kept longer than credentials should be.
    return { headers: Object.fromEntries(entries), headersKey: await textDigest(JSON.stringify(entries)) }
  }

  #running(connection: Connection): Running {
    return {
      owner: this.#name,
      invoke: (kind, definition, input) => (ctx) => this.#invoke(ctx, requests[kind](definition, input)),
      watch: subscribes(connection) ? (uri, scope) => this.#watch(uri, scope) : undefined,
      completer:
        connection.capabilities.completions === undefined
          ? undefined
          : (ref, argument) => this.#completer(ref, argument),
    }
  }

  #watch(uri: string, scope: Scope): () => void {
    const watching = this.#lister(scope).then((caller) => this.#watches.begin(uri, caller))
    return () => void watching.then((stop) => stop())
  }

  #completer(ref: Fields, name: string): Completer {
    return async (value, { arguments: args, ctx }) => {
      const context = Object.keys(args).length === 0 ? undefined : { context: { arguments: args } }
      const params = { ref, argument: { name, value }, ...context }
      const result = await this.#invoke(ctx, { method: "completion/complete", params })
      const { completion } = result as { readonly completion?: Suggestions }
      return isObject(completion) && Array.isArray(completion.values) ? completion : { values: [] }
    }
  }

  async #invoke(ctx: unknown, request: UpstreamRequest): Promise<object> {
    const parts = CallContext.partsOf(ctx)
    if (parts === undefined) throw new UpstreamDown(this.#name, "it was called without a call of a client")
    const host = {
      name: this.#name,
      pool: this.#pool,
      parking: this.#parking,
      callerOf: (call: Call) => this.#callerOf(call),
      onNotification: (notification: PeerNotification, caller: Caller) => this.#hear(notification, caller),
    }
    return callUpstream(host, request, parts.call)
  }
}

/** @see S28/server/resources#capabilities */
function subscribes({ capabilities }: Connection): boolean {
  const { resources } = capabilities
  return isObject(resources) && resources.subscribe === true
}

const noHeaders: Pick<Caller, "headers" | "headersKey"> = { headers: {}, headersKey: "" }

function keyOf({ identity, headersKey }: Caller): string {
  return `${identity} ${headersKey}`
}

const listKinds: { readonly [method: string]: readonly ComponentKind[] | undefined } = {
  "notifications/tools/list_changed": ["tool"],
  "notifications/prompts/list_changed": ["prompt"],
  "notifications/resources/list_changed": ["resource", "template"],
}

/** What is sent for each kind, in the names of the upstream. */
const requests: {
  readonly [kind in ComponentKind]: (definition: Fields, input: unknown) => UpstreamRequest
} = {
  tool: ({ name, inputSchema }, input) => ({
    method: "tools/call",
    params: { name, arguments: input },
    headers: Object.fromEntries(paramHeaders(headerParams(inputSchema as JsonSchema), input)),
  }),
  prompt: ({ name }, input) => ({ method: "prompts/get", params: { name, arguments: input } }),
  resource: ({ uri }) => ({ method: "resources/read", params: { uri } }),
  template: (_, input) => ({
    method: "resources/read",
    // As it came: what was encoded stays so.
    params: { uri: (input as { readonly uri: string }).uri },
  }),
}

/** A connection of somebody else, who closes it. */
function unclosed(connection: Connection): Connection {
  return over(connection, { close: async () => undefined })
}

/** Connecting has a time-out of its own. */
function withTimeouts(connection: Connection, { timeoutMs, maxTimeoutMs }: ProxyOptions): Connection {
  return over(connection, {
    request: (method, params, given) =>
      connection.request(method, params, { timeoutMs: timeoutMs ?? 60_000, maxTimeoutMs, ...given }),
  })
}

function over(connection: Connection, changes: Partial<Connection>): Connection {
  return Object.create(connection, Object.getOwnPropertyDescriptors(changes)) as Connection
}

function unredirected(send: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => send(input, { ...init, redirect: "error" })
}
