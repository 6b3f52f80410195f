import type { HeaderBag } from "../protocol/transport.ts"
import { type HeaderParam, headerParams } from "../schema/header-params.ts"
import { encodeHeaderValue, headerNames } from "../spec/headers.ts"
import type { Tool as WireTool } from "../spec/index.ts"
import { latestStatelessRevision } from "../spec/revisions.ts"
import type { Request } from "./envelope.ts"

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
  readonly #listTools: () => Promise<readonly WireTool[]>
  /** The arguments that headers repeat, by tool: what a client reads from `tools/list`. */
  #repeated: ReadonlyMap<string, readonly HeaderParam[]> = new Map()

  constructor(given: Given | undefined, listTools: () => Promise<readonly WireTool[]>) {
    this.#given = given
    this.#listTools = listTools
  }

  /** Learns what must be known before a request can be written; `undefined` when nothing must. */
  prepare({ method, params, options }: Request): Promise<void> | undefined {
    if (method !== "tools/call" || (options.headers ?? this.#given) === undefined) return undefined
    return this.#repeated.has(String(params.name)) ? undefined : this.#learn()
  }

  write({ method, params, options }: Request): MemoryHeaders | undefined {
    if ((options.headers ?? this.#given) === undefined) return undefined
    const values = new Map([
      ["content-type", "application/json"],
      ["accept", "application/json, text/event-stream"],
      [headerNames.protocolVersion, latestStatelessRevision as string],
      [headerNames.method, method],
    ])
    const name = params[nameParams[method] ?? ""]
    if (typeof name === "string") values.set(headerNames.name, encodeHeaderValue(name))
    const repeated = method === "tools/call" ? this.#repeated.get(String(params.name)) : undefined
    for (const { path, header } of repeated ?? []) {
      const value = valueAt(params.arguments, path)
      if (value === undefined || value === null) continue
      values.set(`${headerNames.paramPrefix}${header.toLowerCase()}`, encodeHeaderValue(String(value)))
    }
    for (const [key, value] of Object.entries({ ...this.#given, ...options.headers })) {
      if (value === undefined) values.delete(key.toLowerCase())
      else values.set(key.toLowerCase(), value)
    }
    return new MemoryHeaders(values)
  }

  async #learn(): Promise<void> {
    try {
      const tools = await this.#listTools()
      this.#repeated = new Map(tools.map(({ name, inputSchema }) => [name, headerParams(inputSchema)]))
    } catch {
      // Where tools cannot be listed, the call itself tells the test why.
    }
  }
}

/** Which parameter `Mcp-Name` repeats. */
const nameParams: { readonly [method: string]: string } = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as { readonly [name: string]: unknown })[step] // own, by the line above
  }
  return value
}
