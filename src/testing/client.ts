import {
  type CallTool,
  type ToolFunctionOf,
  type ToolFunctions,
  toolFunction,
  toolFunctions,
} from "../client/tools.ts"
import type { Tool } from "../components/tool.ts"
import type {
  CallToolResult,
  CompleteResult,
  DiscoverResult,
  GetPromptResult,
  PromptReference,
  ReadResourceResult,
  ResourceTemplateReference,
  SubscriptionFilter,
  Prompt as WirePrompt,
  Resource as WireResource,
  ResourceTemplate as WireTemplate,
  Tool as WireTool,
} from "../spec/index.ts"
import type { Dialect, Subscription } from "./dialect.ts"
import type { Values } from "./envelope.ts"
import type { RequestOptions } from "./options.ts"
import { listAll } from "./pages.ts"

/** What a test says of a request for suggestions. */
export interface CompleteOptions extends RequestOptions {
  /** The arguments or variables that are filled in already. */
  readonly arguments?: { readonly [name: string]: string }
}

/**
 * Is a client of a server in the same process, made by `connect()`. Its methods reject with {@link RequestFailed} where
 * the server answers with an error of the protocol, and with {@link ClientClosed} once it is closed.
 *
 * @example
 * await using client = await connect(mcp)
 * const { content } = await client.callTool("add", { a: 1, b: 2 })
 */
export class TestClient<Tools extends readonly Tool[] = readonly Tool[]> {
  /**
   * The tools as functions: `await client.tools.add({ a: 1, b: 2 })` is what the handler returned, as JSON. They throw
   * {@link ToolCallFailed} where the result says that the call failed.
   */
  readonly tools: ToolFunctions<Tools, RequestOptions>
  readonly #wire: Dialect
  readonly #call: CallTool<RequestOptions>

  readonly #onClose: () => Promise<void>

  /** Is called by `connect()`. */
  constructor(wire: Dialect, onClose: () => Promise<void> = async () => undefined) {
    this.#wire = wire
    this.#onClose = onClose
    this.#call = (name, args, more) => this.callTool(name, args, more)
    this.tools = toolFunctions<Tools, RequestOptions>(this.#call)
  }

  /**
   * Gives a tool as a function, the same as `tools` has: for tools that were registered after the server was made,
   * which the compiler cannot know of.
   *
   * @returns A function that rejects with {@link ToolCallFailed} where the result says that the call failed, and with
   *   {@link RequestFailed} where there is no such tool.
   * @example
   * mcp.tool({ name: "ping" }, () => "pong")
   * expect(await client.tool("ping")()).toBe("pong")
   */
  tool<Name extends (keyof ToolFunctions<Tools, RequestOptions> & string) | (string & {})>(
    name: Name,
  ): ToolFunctionOf<Tools, Name, RequestOptions> {
    // The server's own type says what it takes and gives.
    return toolFunction(name, this.#call) as ToolFunctionOf<Tools, Name, RequestOptions>
  }

  /**
   * Calls a tool and gives the whole result, whether it failed or not.
   *
   * @param args The arguments. Default: none.
   * @throws {RequestFailed} There is no such tool.
   * @see S28/server/tools#tool-result
   * @example
   * expect(await client.callTool("add", { a: 1, b: 2 })).toMatchObject({ structuredContent: 3 })
   */
  callTool(
    name: string,
    args: { readonly [argument: string]: unknown } = {},
    options?: RequestOptions,
  ): Promise<CallToolResult> {
    // The server gives results of the shape that the specification says, here as in all methods below.
    return this.#wire.request("tools/call", { name, arguments: args }, options) as Promise<CallToolResult>
  }

  /**
   * Reads a resource, or one of a template.
   *
   * @throws {RequestFailed} There is no such resource, or reading it failed.
   * @see S28/server/resources#reading-resources
   * @example
   * const { contents } = await client.readResource("config://settings")
   */
  readResource(uri: string, options?: RequestOptions): Promise<ReadResourceResult> {
    return this.#wire.request("resources/read", { uri }, options) as Promise<ReadResourceResult>
  }

  /**
   * Gets the messages of a prompt.
   *
   * @param args Strings go as they are, other values as JSON text, which is how prompts take them.
   * @throws {RequestFailed} There is no such prompt, or the arguments do not fit.
   * @see S28/server/prompts
   * @example
   * const { messages } = await client.getPrompt("review", { code: "1 + 1", depth: 2 })
   */
  getPrompt(name: string, args: Values = {}, options?: RequestOptions): Promise<GetPromptResult> {
    const texts = Object.entries(args).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === "string" ? value : JSON.stringify(value)]],
    )
    const params = { name, arguments: Object.fromEntries(texts) }
    return this.#wire.request("prompts/get", params, options) as Promise<GetPromptResult>
  }

  /**
   * Asks for suggestions for one argument of a prompt or one variable of a template.
   *
   * @param options `arguments` that are filled in already, and what every request may be given.
   * @throws {RequestFailed} There is no such prompt, template or argument.
   * @see S28/server/utilities/completion
   * @example
   * const { values } = await client.complete({ type: "ref/prompt", name: "review" }, { name: "language", value: "py" })
   */
  async complete(
    ref: PromptReference | ResourceTemplateReference,
    argument: { readonly name: string; readonly value: string },
    options: CompleteOptions = {},
  ): Promise<CompleteResult["completion"]> {
    const { arguments: filled, ...rest } = options
    const context = filled === undefined ? undefined : { context: { arguments: filled } }
    const result = await this.#wire.request("completion/complete", { ref, argument, ...context }, rest)
    return (result as CompleteResult).completion
  }

  /**
   * Lists the tools, all pages of them.
   *
   * @throws {RequestFailed} The server has no tools.
   * @example
   * expect((await client.listTools()).map(({ name }) => name)).toEqual(["add"])
   */
  listTools(options?: RequestOptions): Promise<readonly WireTool[]> {
    return this.#list("tools/list", "tools", options)
  }

  /**
   * Lists the resources that are no templates, all pages of them.
   *
   * @throws {RequestFailed} The server has neither resources nor templates.
   * @example
   * const uris = (await client.listResources()).map(({ uri }) => uri)
   */
  listResources(options?: RequestOptions): Promise<readonly WireResource[]> {
    return this.#list("resources/list", "resources", options)
  }

  /**
   * Lists the resource templates, all pages of them.
   *
   * @throws {RequestFailed} The server has neither resources nor templates.
   * @example
   * const uris = (await client.listTemplates()).map(({ uriTemplate }) => uriTemplate)
   */
  listTemplates(options?: RequestOptions): Promise<readonly WireTemplate[]> {
    return this.#list("resources/templates/list", "resourceTemplates", options)
  }

  /**
   * Lists the prompts, all pages of them.
   *
   * @throws {RequestFailed} The server has no prompts.
   * @example
   * const names = (await client.listPrompts()).map(({ name }) => name)
   */
  listPrompts(options?: RequestOptions): Promise<readonly WirePrompt[]> {
    return this.#list("prompts/list", "prompts", options)
  }

  /**
   * Asks what the server is and can do.
   *
   * @see S28/server/discover
   * @example
   * const { capabilities } = await client.discover()
   */
  discover(options?: RequestOptions): Promise<DiscoverResult> {
    return this.#wire.request("server/discover", {}, options) as Promise<DiscoverResult>
  }

  /**
   * Opens a stream of changes, and resolves when the server has acknowledged it.
   *
   * @param filter What to hear of: the lists that change, the resources by URI.
   * @param onNotification Hears each change.
   * @throws {RequestFailed} The server refuses.
   * @see S28/basic/patterns/subscriptions
   * @example
   * await using changes = await client.listen({ toolsListChanged: true }, ({ method }) => console.log(method))
   */
  listen(
    filter: SubscriptionFilter,
    onNotification: NonNullable<RequestOptions["onNotification"]>,
    options?: RequestOptions,
  ): Promise<Subscription> {
    return this.#wire.listen(filter, { ...options, onNotification })
  }

  /**
   * Sends any request: methods of plugins, or parameters that no other method here would send.
   *
   * @param params The parameters, without the envelope in `_meta`. Default: none.
   * @throws {RequestFailed} The server answered with an error of the protocol.
   * @example
   * const { now } = await client.request("com.example/now")
   */
  request(method: string, params: Values = {}, options?: RequestOptions): Promise<Values> {
    return this.#wire.request(method, params, options) as Promise<Values>
  }

  /**
   * Sends any notification.
   *
   * @param params The parameters, without the envelope in `_meta`. Default: none.
   * @example
   * await client.notify("com.example/seen", { id: 7 })
   */
  notify(method: string, params: Values = {}): Promise<void> {
    return this.#wire.notify(method, params)
  }

  /**
   * Goes away: what still runs is aborted, and rejects with {@link ClientClosed}. The server stays; where `dependencies`
   * were given, its lifespans end, and start anew with the next request.
   *
   * @example
   * await client.close()
   */
  async close(): Promise<void> {
    this.#wire.close()
    await this.#onClose()
  }

  /** Closes the client, at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #list<Entry>(method: string, field: string, options?: RequestOptions): Promise<readonly Entry[]> {
    return listAll((params) => this.#wire.request(method, params, options), field)
  }
}
