import type { Tool } from "../components/tool.ts"
import { InvalidOption } from "../errors/server.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type {
  CallToolResult,
  CompleteResult,
  ContentBlock,
  GetPromptResult,
  PromptReference,
  ReadResourceResult,
  ResourceTemplateReference,
  Prompt as WirePrompt,
  Resource as WireResource,
  ResourceTemplate as WireTemplate,
  Tool as WireTool,
} from "../spec/index.ts"
import type { Connection } from "./connection.ts"
import { type ListName, lists, Member } from "./member.ts"
import type { ServerTarget } from "./memory-carrier.ts"
import { innerName, innerUri, outerName, outerUri } from "./names.ts"
import { assertClientOptions, type CallOptions, type ClientOptions, type RequestOptions } from "./options.ts"
import type { Json } from "./rpc.ts"
import { type Target, toPlaces } from "./target.ts"
import { failedCall, type ToolFunctions, toolFunctions } from "./tools.ts"
import type { Verdict } from "./verdicts.ts"
import type { Watch } from "./watch.ts"

/** A server whose tools the compiler knows. */
export interface TypedTarget<Tools extends readonly Tool[]> extends ServerTarget {
  /** Only for inference. Never there. */
  readonly types?: { readonly tools: Tools }
}

/** What a call of a tool came to. */
export interface CallResult {
  /** The texts of its content, joined by line breaks. */
  readonly text: string
  /** Its structured content. */
  readonly structured: unknown
  /** The structured content; without it the text as JSON, or as it is where it is none. */
  readonly data: unknown
  /** Its blocks as they came, of unknown types too. */
  readonly content: readonly ContentBlock[]
  readonly isError: boolean
  readonly meta: Json | undefined
  /** The whole result as it came. */
  readonly raw: CallToolResult
}

/** The longest text that is tried as JSON. */
const longestJson = 16 * 1024 * 1024

/**
 * Speaks with a server, or with several at once: in this process, by HTTP or as programs, in the revision that each knows.
 *
 * @example
 * await using client = await Client.connect(mcp)
 * const { data } = await client.callTool("add", { a: 1, b: 2 })
 */
export class Client<Tools extends readonly Tool[] = readonly Tool[]> {
  /** The tools as functions: `await client.tools.add({ a: 1, b: 2 })` is what the handler returned, as JSON. */
  readonly tools: ToolFunctions<Tools, CallOptions>
  readonly #members: readonly Member[]
  readonly #options: ClientOptions

  /** Is called by {@link Client.connect}. */
  private constructor(members: readonly Member[], options: ClientOptions) {
    this.#members = members
    this.#options = options
    this.tools = toolFunctions<Tools, CallOptions>(
      async (name, args = {}, more = {}) =>
        (await this.callTool(name, args, { ...more, throwOnError: false })).raw,
    )
  }

  /**
   * Connects.
   *
   * @param target A server object, a URL, `{ url, headers }`, `{ command, args, env, cwd }`, the path of a script or of a file
   *   of JSON, or `{ mcpServers }`; names of several servers come before those of their tools.
   * @param options Default: what both sides know best, and a client that answers no questions.
   * @throws {InvalidTarget}
   * @throws {CannotConnect}
   * @throws {NotAnMcpServer}
   * @throws {AccessRefused}
   * @throws {RequestTimedOut}
   * @throws {UnknownOption} FLEET-09
   * @throws {InvalidOption}
   *
   * @example
   * await using client = await Client.connect("https://example.com/mcp")
   */
  static async connect<const Tools extends readonly Tool[] = readonly Tool[]>(
    target: TypedTarget<Tools> | Target,
    options: ClientOptions = {},
  ): Promise<Client<Tools>> {
    assertClientOptions(options)
    const places = await toPlaces(target)
    if (places.length > 1 && options.priorDiscover !== undefined)
      throw new InvalidOption(
        "The option `priorDiscover`",
        "given for several servers",
        "Connect to them one by one.",
      )
    const members = places.map(
      ({ name, place }) => new Member(place, places.length > 1 ? name : undefined, options),
    )
    const opened = await Promise.allSettled(members.map((member) => member.open()))
    const failed = opened.find((each) => each.status === "rejected")
    if (failed === undefined) return new Client<Tools>(members, options)
    await Promise.allSettled(members.map((member) => member.close()))
    throw failed.reason
  }

  /**
   * The servers: what they say of themselves, by their names; that of a single one is empty.
   *
   * @example
   * await using mine = await Client.connect(mcp)
   * const { "": server } = await mine.servers()
   * console.log(server?.revision)
   */
  async servers(): Promise<{ readonly [name: string]: Connection }> {
    const connections = this.#members.map(
      async ({ prefix = "", link }) => [prefix, await link.connection()] as const,
    )
    return Object.fromEntries(await Promise.all(connections))
  }

  /** What lets another client connect to the same single server without a question: its `priorDiscover`. */
  get discovery(): Verdict | undefined {
    return this.#members.length === 1 ? this.#members[0]?.link.verdict : undefined
  }

  /**
   * Connects once more to the same servers, with what is known of them.
   *
   * @example
   * await using one = await Client.connect(mcp)
   * await using other = await one.fork()
   */
  async fork(options: ClientOptions = {}): Promise<Client<Tools>> {
    const all = { ...this.#options, ...options }
    assertClientOptions(all)
    const members = this.#members.map(
      ({ link, prefix }) => new Member(link.place, prefix, { ...all, priorDiscover: link.verdict }),
    )
    try {
      await Promise.all(members.map((member) => member.open()))
    } catch (error) {
      await Promise.allSettled(members.map((member) => member.close()))
      throw error
    }
    return new Client<Tools>(members, all)
  }

  /**
   * Lists all tools, of all pages.
   *
   * @example
   * const tools = await client.listTools()
   */
  listTools(options?: RequestOptions): Promise<readonly WireTool[]> {
    return this.#list("tools", options)
  }

  /**
   * Lists all resources.
   *
   * @example
   * const resources = await client.listResources()
   */
  listResources(options?: RequestOptions): Promise<readonly WireResource[]> {
    return this.#list("resources", options)
  }

  /**
   * Lists all templates of resources.
   *
   * @example
   * await using mine = await Client.connect(mcp)
   * const templates = await mine.listResourceTemplates()
   */
  listResourceTemplates(options?: RequestOptions): Promise<readonly WireTemplate[]> {
    return this.#list("templates", options)
  }

  /**
   * Lists all prompts.
   *
   * @example
   * const prompts = await client.listPrompts()
   */
  listPrompts(options?: RequestOptions): Promise<readonly WirePrompt[]> {
    return this.#list("prompts", options)
  }

  /**
   * Calls a tool.
   *
   * @param args Its arguments. Default: none.
   * @param options Default: a result that says that the call failed is thrown.
   * @throws {ToolCallFailed} The call failed; `result` says how.
   * @throws {RequestFailed} There is no such tool.
   * @throws {WrongOutput} Its structured content does not fit its output schema.
   *
   * @example
   * const { data } = await client.callTool("add", { a: 1, b: 2 })
   */
  async callTool(name: string, args: Json = {}, options: CallOptions = {}): Promise<CallResult> {
    const [member, own] = this.#owner(name, innerName)
    const { throwOnError = true, ...more } = options
    const came = await member.call(own, args, more)
    // `as`: servers are asked for results of tools; of what is not there nothing is said.
    const raw = {
      ...came,
      content: Array.isArray(came.content) ? came.content : [],
    } as unknown as CallToolResult
    if (raw.isError === true && throwOnError) throw failedCall(name, raw)
    return toCallResult(raw)
  }

  /**
   * Reads a resource, or one of a template.
   *
   * @example
   * const { contents } = await client.readResource("config://settings")
   */
  async readResource(uri: string, options?: RequestOptions): Promise<ReadResourceResult> {
    const [member, own] = this.#owner(uri, innerUri)
    return (await member.cached("resources/read", { uri: own }, options)) as unknown as ReadResourceResult
  }

  /**
   * Gets the messages of a prompt; values that are no strings go as JSON text.
   *
   * @example
   * const { messages } = await client.getPrompt("review", { code: "let a" })
   */
  async getPrompt(name: string, args: Json = {}, options?: RequestOptions): Promise<GetPromptResult> {
    const [member, own] = this.#owner(name, innerName)
    const texts = Object.entries(args).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === "string" ? value : JSON.stringify(value)]],
    )
    const params = { name: own, arguments: Object.fromEntries(texts) }
    return (await member.request("prompts/get", params, options)) as unknown as GetPromptResult
  }

  /**
   * Asks for values of an argument of a prompt, or of a variable of a template.
   *
   * @example
   * const { values } = await client.complete({ type: "ref/prompt", name: "review" }, { name: "language", value: "ty" })
   */
  async complete(
    ref: PromptReference | ResourceTemplateReference,
    argument: { readonly name: string; readonly value: string },
    options: RequestOptions & { readonly arguments?: { readonly [name: string]: string } } = {},
  ): Promise<CompleteResult["completion"]> {
    const { arguments: given, ...more } = options
    const [member, own] =
      ref.type === "ref/prompt" ? this.#owner(ref.name, innerName) : this.#owner(ref.uri, innerUri)
    const params = {
      ref: ref.type === "ref/prompt" ? { ...ref, name: own } : { ...ref, uri: own },
      argument,
      ...(given && { context: { arguments: given } }),
    }
    const { completion } = await member.request("completion/complete", params, more)
    return completion as CompleteResult["completion"]
  }

  /**
   * Hears of changes of a resource, by a stream or by the session, until it is closed or the client is.
   *
   * @example
   * await using mine = await Client.connect(mcp)
   * await using watch = await mine.watch("config://settings", (uri) => console.log(uri))
   */
  async watch(uri: string, onUpdated: (uri: string) => void): Promise<Watch> {
    const [member, own] = this.#owner(uri, innerUri)
    return member.watch(own, (changed) => onUpdated(outerUri(member.prefix, changed)))
  }

  /**
   * Sends a request of any method to a single server, answers its questions and gives the result as it came.
   *
   * @example
   * const result = await client.request("vendor/method", { depth: 2 })
   */
  request(method: string, params: Json = {}, options?: RequestOptions): Promise<Json> {
    const [member] = this.#members
    if (member === undefined || this.#members.length > 1)
      throw new InvalidOption("`client.request()`", "sent to several servers", "Connect to them one by one.")
    return member.request(method, params, options)
  }

  /**
   * Ends all connections, and all programs that were started.
   *
   * @example
   * await client.close()
   */
  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()))
  }

  /** The same as `close`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Whose a name is: that of the longest prefix, and of all names where there is one server. */
  #owner(
    name: string,
    inner: (prefix: string | undefined, name: string) => string | undefined,
  ): readonly [Member, string] {
    const owners = this.#members
      .flatMap((member) => {
        const own = inner(member.prefix, name)
        return own === undefined ? [] : [[member, own] as const]
      })
      .sort(([, one], [, other]) => one.length - other.length)
    const [owner] = owners
    if (owner !== undefined) return owner
    throw new InvalidOption(
      "The name",
      `\`${name.slice(0, 200)}\``,
      "Begin it with the name of a server, as lists show it.",
    )
  }

  async #list<Item>(name: ListName, options: RequestOptions | undefined): Promise<readonly Item[]> {
    const { id } = lists[name]
    const outer = id === "name" ? outerName : outerUri
    const found = await Promise.all(
      this.#members.map(async (member) => {
        const items = await member.list(name, options)
        if (member.prefix === undefined) return items
        return items.map((item) => ({ ...item, [id]: outer(member.prefix, String(item[id])) }))
      }),
    )
    // `as`: components have their names, which was looked at; the rest is as it came.
    return found.flat() as unknown as readonly Item[]
  }
}

function toCallResult(raw: CallToolResult): CallResult {
  const text = raw.content
    .flatMap((block) =>
      isObject(block) && block.type === "text" && typeof block.text === "string" ? [block.text] : [],
    )
    .join("\n")
  const { structuredContent, _meta } = raw
  return {
    text,
    structured: structuredContent,
    data: structuredContent === undefined ? dataOf(text) : structuredContent,
    content: raw.content,
    isError: raw.isError === true,
    meta: _meta as Json | undefined,
    raw,
  }
}

function dataOf(text: string): unknown {
  if (text.length > longestJson) return text
  try {
    return JSON.parse(text)
  } catch {
    // Then it is text.
    return text
  }
}
