import { fingerprintOf } from "../components/fingerprint-of.ts"
import { PinBroken, WrongOutput, WrongResult } from "../errors/client.ts"
import { EndlessList } from "../errors/dialogue.ts"
import { RequestFailed } from "../errors/testing.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { compileSchema } from "../schema/compile.ts"
import { headerParams } from "../schema/header-params.ts"
import { describeIssues } from "../schema/issue.ts"
import { paramHeaders } from "../schema/param-headers.ts"
import { createPeer } from "../schema/peer.ts"
import type { JsonSchema } from "../schema/schema.ts"
import { createLru, type Lru } from "../shared/lru.ts"
import { metaKeys } from "../spec/meta.ts"
import type { Connection } from "./connection.ts"
import { Link } from "./link.ts"
import type { ClientOptions, RequestOptions } from "./options.ts"
import { answerQuestion, capabilitiesOf } from "./questions.ts"
import { ResponseCache } from "./response-cache.ts"
import { throughRounds } from "./rounds.ts"
import type { Json, PeerNotification } from "./rpc.ts"
import type { Place } from "./target.ts"
import { openWatch, type Watch } from "./watch.ts"

/** The lists of a server: the field that holds the components, what is pinned by which word, and the capability. */
export const lists = {
  tools: { method: "tools/list", field: "tools", kind: "tool", id: "name", capability: "tools" },
  resources: {
    method: "resources/list",
    field: "resources",
    kind: "resource",
    id: "uri",
    capability: "resources",
  },
  templates: {
    method: "resources/templates/list",
    field: "resourceTemplates",
    kind: "template",
    id: "uriTemplate",
    capability: "resources",
  },
  prompts: { method: "prompts/list", field: "prompts", kind: "prompt", id: "name", capability: "prompts" },
} as const

/** One of the {@link lists}. */
export type ListName = keyof typeof lists

/** The most components of a kind that are read, and the most pages. */
const mostComponents = 20_000
const mostPages = 1_000

/** S28/basic/transports/streamable-http#server-validation */
const headerMismatch = -32020

/** The longest that a result checks against may be remembered: so many tools. */
const mostTools = 20_000

/** One server of a client. */
export class Member {
  /** What comes before its names; `undefined` where it is the only one. */
  readonly prefix: string | undefined
  readonly link: Link
  readonly #options: ClientOptions
  readonly #cache: ResponseCache | undefined
  /** What was listed last, by name: schemas for checks and headers. */
  readonly #tools: Lru<string, Json> = createLru({ max: mostTools })
  readonly #checks: WeakMap<object, (output: unknown) => Promise<string | undefined>> = new WeakMap()
  readonly #watches: Map<string, Set<(uri: string) => void>> = new Map()
  #listsWatch: Watch | undefined

  constructor(place: Place, prefix: string | undefined, options: ClientOptions) {
    this.prefix = prefix
    this.#options = options
    const { cache, plugins = [], priorDiscover } = options
    if (cache !== false && place.kind !== "server") this.#cache = new ResponseCache(nameOf(place), cache)
    const extensions = Object.assign({}, ...plugins.map((plugin) => plugin.extensions))
    const capabilities: Json = {
      ...capabilitiesOf(options),
      ...(Object.keys(extensions).length > 0 && { extensions }),
      ...options.capabilities,
    }
    this.link = new Link(place, {
      ...options,
      capabilities,
      prior: priorDiscover,
      onNotification: (notification) => this.#hear(notification),
      onRequest: (question) => answerQuestion(question, options, question.signal),
      prepare: (connection) => this.#prepare(connection),
    })
  }

  /** Connects, and begins to hear of changes where somebody wants to. */
  async open(): Promise<void> {
    const connection = await this.link.connection()
    if (this.#options.onListChanged === undefined || connection.era === "session") return
    const tells = (capability: string): boolean => {
      const offered = connection.capabilities[capability]
      return isObject(offered) && offered.listChanged === true
    }
    const filter = {
      ...(tells("tools") && { toolsListChanged: true }),
      ...(tells("prompts") && { promptsListChanged: true }),
      ...(tells("resources") && { resourcesListChanged: true }),
    }
    if (Object.keys(filter).length > 0)
      this.#listsWatch = await openWatch(this.link, filter, (notification) => this.#hear(notification))
  }

  /** Sends a request, answers what the server asks and gives the result as it came. */
  async request(
    method: string,
    params: Json,
    options: RequestOptions & { readonly headers?: { readonly [name: string]: string } } = {},
  ): Promise<Json> {
    const { signal = new AbortController().signal, timeoutMs, headers } = options
    const onProgress = options.onProgress ?? this.#options.onProgress
    const _meta = this.#meta(params, options)
    const send = (answers: Json): Promise<Json> =>
      this.link.request(
        method,
        { ...params, ...answers, ...(_meta && { _meta }) },
        {
          signal,
          timeoutMs,
          headers,
          wantsProgress: onProgress !== undefined,
          onNotification: (notification) =>
            notification.method === "notifications/progress"
              ? // `as`, here and below: who hears looks at what it uses.
                onProgress?.(notification.params as never)
              : this.#hear(notification),
        },
      )
    const { maxRounds = 10, plugins = [] } = this.#options
    return throughRounds(method, send, {
      max: maxRounds,
      signal,
      answer: (question) => answerQuestion(question, this.#options, signal),
      resultTypes: Object.assign({}, ...plugins.map((plugin) => plugin.resultTypes)),
    })
  }

  /** The same, from what is kept where it still holds. */
  cached(method: string, params: Json, options?: RequestOptions): Promise<Json> {
    const ask = () => this.request(method, params, options)
    return this.#cache === undefined ? ask() : this.#cache.through(method, params, ask)
  }

  /** Reads all pages of a list; a kind that the server does not offer is empty. */
  async list(name: ListName, options?: RequestOptions): Promise<readonly Json[]> {
    const { method, field, capability, id } = lists[name]
    const { capabilities } = await this.link.connection()
    if (capabilities[capability] === undefined) return []
    const items: Json[] = []
    const cursors = new Set<unknown>()
    for (let cursor: unknown; ; ) {
      const page = await this.cached(method, cursor === undefined ? {} : { cursor }, options)
      const more = page[field]
      if (!Array.isArray(more)) throw new WrongResult(method, `has no list \`${field}\``)
      for (const item of more) if (isObject(item) && typeof item[id] === "string") items.push(item)
      cursor = page.nextCursor
      if (cursor === undefined || cursor === null) break
      if (items.length > mostComponents || cursors.size >= mostPages || cursors.has(cursor))
        throw new EndlessList(method, mostComponents, mostPages)
      cursors.add(cursor)
    }
    await this.#checkPins(name, items)
    if (name === "tools") for (const tool of items) this.#tools.set(String(tool.name), tool)
    return items
  }

  /** Calls a tool, with what of its definition decides how. */
  async call(name: string, args: Json, options: RequestOptions): Promise<Json> {
    const isPinned = this.#options.pins?.[`tool:${this.#outer(name)}`] !== undefined
    // What is pinned is looked at before it is called.
    if (isPinned) await this.list("tools", options)
    const params = { name, arguments: args }
    const send = () =>
      this.request("tools/call", params, { ...options, headers: this.#headersOf(name, args) })
    const result = await send().catch(async (error: unknown) => {
      if (!(error instanceof RequestFailed) || error.error.code !== headerMismatch) throw error
      // Headers follow from a definition that was not known yet, or has changed.
      this.#cache?.hear({ method: "notifications/tools/list_changed", params: {} })
      await this.list("tools", options)
      return send()
    })
    if (this.#options.validateOutputs !== false) await this.#checkOutput(name, result)
    return result
  }

  /** Hears of changes of a resource. */
  async watch(uri: string, listener: (uri: string) => void): Promise<Watch> {
    const listeners = this.#watches.get(uri) ?? new Set()
    listeners.add(listener)
    this.#watches.set(uri, listeners)
    const forget = () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#watches.delete(uri)
    }
    try {
      const watch = await openWatch(this.link, { resourceSubscriptions: [uri] }, (news) => {
        this.#cache?.hear(news)
        if (news.method === "notifications/resources/updated") listener(String(news.params.uri))
      })
      const close = async () => {
        forget()
        await watch.close()
      }
      return { close, [Symbol.asyncDispose]: close }
    } catch (error) {
      forget()
      throw error
    }
  }

  async close(): Promise<void> {
    const leaving = this.#listsWatch?.close()
    await this.link.close()
    await leaving
  }

  #outer(name: string): string {
    return this.prefix === undefined ? name : `${this.prefix}_${name}`
  }

  async #prepare(connection: Connection): Promise<void> {
    const level = this.#logLevel()
    if (level === undefined || connection.era !== "session" || connection.capabilities.logging === undefined)
      return
    await connection.request("logging/setLevel", { level })
  }

  #logLevel(): string | undefined {
    const { logLevel, onLog } = this.#options
    return logLevel ?? (onLog === undefined ? undefined : "info")
  }

  #meta(params: Json, { meta }: RequestOptions): Json | undefined {
    const level = this.#logLevel()
    const all = {
      ...(isObject(params._meta) ? params._meta : undefined),
      ...(level !== undefined && { [metaKeys.logLevel]: level }),
      ...meta,
    }
    return Object.keys(all).length > 0 ? all : undefined
  }

  #hear(notification: PeerNotification): void {
    const { onLog, onListChanged, onNotification } = this.#options
    const { method, params } = notification
    this.#cache?.hear(notification)
    const changed = /^notifications\/(tools|resources|prompts)\/list_changed$/.exec(method)?.[1]
    if (method === "notifications/message") onLog?.(params as never)
    else if (changed !== undefined) onListChanged?.(changed as "tools")
    else if (method === "notifications/resources/updated") this.#updated(String(params.uri))
    else onNotification?.(notification)
  }

  /** S25/server/resources#subscriptions: what has changed may lie below what was subscribed to. */
  #updated(uri: string): void {
    for (const [watched, listeners] of this.#watches)
      if (uri === watched || uri.startsWith(watched)) for (const listener of listeners) listener(uri)
  }

  #headersOf(name: string, args: Json): { readonly [name: string]: string } {
    const schema = this.#tools.get(name)?.inputSchema
    if (!isObject(schema)) return {}
    try {
      return Object.fromEntries(paramHeaders(headerParams(schema), args))
    } catch {
      // A bad annotation asks for nothing; the server says so if it minds.
      return {}
    }
  }

  async #checkPins(list: ListName, items: readonly Json[]): Promise<void> {
    const { pins } = this.#options
    if (pins === undefined) return
    const { kind, id } = lists[list]
    const found = new Map(items.map((item) => [`${kind}:${this.#outer(String(item[id]))}`, item]))
    for (const [key, pinned] of Object.entries(pins)) {
      if (!key.startsWith(`${kind}:${this.prefix === undefined ? "" : `${this.prefix}_`}`)) continue
      const item = found.get(key)
      const print = item === undefined ? undefined : await fingerprintOf(item)
      if (print !== pinned) throw new PinBroken(key, print)
    }
  }

  async #checkOutput(name: string, result: Json): Promise<void> {
    const { structuredContent } = result
    const tool = this.#tools.get(name)
    if (tool === undefined || result.isError === true || !isObject(tool.outputSchema)) return
    if (structuredContent === undefined)
      throw new WrongOutput(name, "is missing, though it has an output schema", result)
    const check = this.#checks.get(tool) ?? outputCheck(tool.outputSchema)
    this.#checks.set(tool, check)
    const problem = await check(structuredContent)
    if (problem !== undefined) throw new WrongOutput(name, problem, result)
  }
}

function outputCheck(schema: JsonSchema): (output: unknown) => Promise<string | undefined> {
  const { validate } = compileSchema(schema, {
    side: "output",
    subject: "The output schema of the server",
    origin: createPeer(),
  })
  return async (output) => {
    const verdict = await validate(output)
    return verdict.ok ? undefined : `does not fit: ${describeIssues(verdict.issues)}`
  }
}

/** What tells a server from all others: where it is, not what it calls itself. */
function nameOf(place: Place): string {
  if (place.kind === "url") return place.url.href
  return place.kind === "command" ? JSON.stringify([place.command, place.args ?? [], place.cwd ?? ""]) : ""
}
