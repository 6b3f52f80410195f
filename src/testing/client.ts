import type { Tool } from "../components/tool.ts"
import type { MessageHandler } from "../protocol/transport.ts"
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
import type { Values } from "./envelope.ts"
import type { ConnectOptions, RequestOptions } from "./options.ts"
import { listAll } from "./pages.ts"
import { openSubscription, type Subscription } from "./subscription.ts"
import { type ToolFunctions, toolFunctions } from "./tools.ts"
import { Wire } from "./wire.ts"

/** What a test says of a request for suggestions. */
export interface CompleteOptions extends RequestOptions {
  /** The arguments or variables that are filled in already. */
  readonly arguments?: { readonly [name: string]: string }
}

/** Is a client of a server in the same process, made by `connect()`. */
export class TestClient<Tools extends readonly Tool[] = readonly Tool[]> {
  /**
   * The tools as functions: `await client.tools.add({ a: 1, b: 2 })` is what the handler returned, as JSON. They throw
   * {@link ToolCallFailed} where the result says that the call failed.
   */
  readonly tools: ToolFunctions<Tools>
  readonly #wire: Wire

  constructor(handler: MessageHandler, options: ConnectOptions) {
    this.#wire = new Wire(handler, options)
    this.tools = toolFunctions<Tools>((name, args, more) => this.callTool(name, args, more))
  }

  /** Calls a tool and gives the whole result, whether it failed or not. */
  callTool(
    name: string,
    args: { readonly [argument: string]: unknown } = {},
    options?: RequestOptions,
  ): Promise<CallToolResult> {
    // The server gives results of the shape that the specification says, here as in all methods below.
    return this.#wire.request("tools/call", { name, arguments: args }, options) as Promise<CallToolResult>
  }

  readResource(uri: string, options?: RequestOptions): Promise<ReadResourceResult> {
    return this.#wire.request("resources/read", { uri }, options) as Promise<ReadResourceResult>
  }

  /**
   * Gets the messages of a prompt.
   *
   * @param args Strings go as they are, other values as JSON text, which is how prompts take them.
   */
  getPrompt(name: string, args: Values = {}, options?: RequestOptions): Promise<GetPromptResult> {
    const texts = Object.entries(args).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === "string" ? value : JSON.stringify(value)]],
    )
    const params = { name, arguments: Object.fromEntries(texts) }
    return this.#wire.request("prompts/get", params, options) as Promise<GetPromptResult>
  }

  /** Asks for suggestions for one argument of a prompt or one variable of a template. */
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

  /** Lists the tools, all pages of them. */
  listTools(options?: RequestOptions): Promise<readonly WireTool[]> {
    return this.#list("tools/list", "tools", options)
  }

  /** Lists the resources that are no templates, all pages of them. */
  listResources(options?: RequestOptions): Promise<readonly WireResource[]> {
    return this.#list("resources/list", "resources", options)
  }

  /** Lists the resource templates, all pages of them. */
  listTemplates(options?: RequestOptions): Promise<readonly WireTemplate[]> {
    return this.#list("resources/templates/list", "resourceTemplates", options)
  }

  /** Lists the prompts, all pages of them. */
  listPrompts(options?: RequestOptions): Promise<readonly WirePrompt[]> {
    return this.#list("prompts/list", "prompts", options)
  }

  /** Asks what the server is and can do. */
  discover(options?: RequestOptions): Promise<DiscoverResult> {
    return this.#wire.request("server/discover", {}, options) as Promise<DiscoverResult>
  }

  /**
   * Opens a stream of changes, and resolves when the server has acknowledged it.
   *
   * @param onNotification Hears each change.
   */
  listen(
    filter: SubscriptionFilter,
    onNotification: NonNullable<RequestOptions["onNotification"]>,
    options?: RequestOptions,
  ): Promise<Subscription> {
    return openSubscription(this.#wire, filter, { ...options, onNotification })
  }

  /** Sends any request: methods of plugins, or parameters that no other method here would send. */
  request(method: string, params: Values = {}, options?: RequestOptions): Promise<Values> {
    return this.#wire.request(method, params, options) as Promise<Values>
  }

  /** Sends any notification. */
  notify(method: string, params: Values = {}): Promise<void> {
    return this.#wire.notify(method, params)
  }

  /** Goes away: what still runs is aborted, and rejects with {@link ClientClosed}. The server stays. */
  close(): void {
    this.#wire.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #list<Entry>(method: string, field: string, options?: RequestOptions): Promise<readonly Entry[]> {
    return listAll((params) => this.#wire.request(method, params, options), field)
  }
}
