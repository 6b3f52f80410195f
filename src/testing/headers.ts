import type { Principal } from "../protocol/principal.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import { type HeaderParam, headerParams } from "../schema/header-params.ts"
import { paramHeaders } from "../schema/param-headers.ts"
import { encodeHeaderValue, headerNames } from "../spec/headers.ts"
import type { Tool as WireTool } from "../spec/index.ts"
import { latestStatelessRevision } from "../spec/revisions.ts"
import type { Request } from "./envelope.ts"
import type { RequestOptions } from "./options.ts"

type Given = { readonly [name: string]: string | undefined }

/** Carries the headers of a request that never was on HTTP. */
export class MemoryHeaders implements HeaderBag {
  readonly #values: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values
  }

  get(name: string): string | undefined {
    return this.#values.get(name)
  }

  entries(): Iterable<readonly [string, string]> {
    return this.#values
  }
}

/**
 * Writes the headers that a client sends with a request over HTTP; those that the test gives win.
 *
 * @see S28/basic/transports/streamable-http#request-metadata
 */
export class HeaderWriter {
  readonly #given: Given | undefined
  readonly #listTools: ListTools
  /** What a client reads from `tools/list`, by the caller, since each may see other tools. */
  readonly #repeated: Map<Principal | undefined, Repeated> = new Map()

  constructor(given: Given | undefined, listTools: ListTools) {
    this.#given = given
    this.#listTools = listTools
  }

  /** Whether the headers of a request follow from the tool that it calls. */
  needsTool({ method, options }: Request): boolean {
    return method === "tools/call" && (options.headers ?? this.#given) !== undefined
  }

  /** Learns what must be known of a tool before a call of it can be written. */
  async learn(request: Request): Promise<void> {
    if (this.#repeatedBy(request) === undefined) await this.#list(request.options)
  }

  /** Learns it again, and says whether it is something else than before. */
  async relearn(request: Request): Promise<boolean> {
    const before = JSON.stringify(this.#repeatedBy(request))
    await this.#list(request.options)
    return JSON.stringify(this.#repeatedBy(request)) !== before
  }

  write(request: Request): MemoryHeaders | undefined {
    const { method, params, options } = request
    if ((options.headers ?? this.#given) === undefined) return undefined
    const values = new Map([
      ["content-type", "application/json"],
      ["accept", "application/json, text/event-stream"],
      [headerNames.protocolVersion, latestStatelessRevision as string],
      [headerNames.method, method],
    ])
    const name = params[nameParams[method] ?? ""]
    if (typeof name === "string") values.set(headerNames.name, encodeHeaderValue(name))
    const repeated = method === "tools/call" ? this.#repeatedBy(request) : undefined
    for (const [key, value] of paramHeaders(repeated ?? [], params.arguments)) values.set(key, value)
    for (const [key, value] of Object.entries({ ...this.#given, ...options.headers })) {
      if (value === undefined) values.delete(key.toLowerCase())
      else values.set(key.toLowerCase(), value)
    }
    return new MemoryHeaders(values)
  }

  #repeatedBy({ params, options }: Request): readonly HeaderParam[] | undefined {
    return this.#repeated.get(options.principal)?.get(String(params.name))
  }

  async #list({ principal, headers = {} }: RequestOptions): Promise<void> {
    // Those of the protocol say what the call is; the list has its own.
    const others = Object.entries(headers).filter(([name]) => !/^mcp-/i.test(name))
    const asked = { headers: Object.fromEntries(others), ...(principal && { principal }) }
    try {
      const tools = await this.#listTools(asked)
      const known = tools.map(({ name, inputSchema }) => [name, headerParams(inputSchema)] as const)
      this.#repeated.set(principal, new Map(known))
    } catch {
      // Where tools cannot be listed, the call itself tells the test why.
    }
  }
}

type ListTools = (options: RequestOptions) => Promise<readonly WireTool[]>

/** The arguments that headers repeat, by tool. */
type Repeated = ReadonlyMap<string, readonly HeaderParam[]>

/** Which parameter `Mcp-Name` repeats. */
const nameParams: { readonly [method: string]: string } = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
}
