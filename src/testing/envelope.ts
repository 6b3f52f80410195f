import type { ClientCapabilities, Implementation } from "../spec/index.ts"
import { metaKeys } from "../spec/meta.ts"
import { latestStatelessRevision } from "../spec/revisions.ts"
import { capabilitiesOf } from "./input.ts"
import type { ConnectOptions, RequestOptions } from "./options.ts"

/** The parameters of a request, without the envelope. */
export type Values = { readonly [name: string]: unknown }

/** One request, as the test asked for it. */
export interface Request {
  readonly method: string
  readonly params: Values
  readonly options: RequestOptions
}

/** Says nothing that the client does not say already. */
export const noOptions: RequestOptions = /* @__PURE__ */ Object.freeze({})

/** Writes requests with the `_meta` that each must carry. */
export class Envelope {
  readonly #serialize: boolean
  readonly #hearsProgress: boolean
  readonly #meta: Values
  readonly #heads: Map<string, string> = new Map()

  constructor(options: ConnectOptions) {
    this.#serialize = options.serialize ?? true
    this.#hearsProgress = options.onProgress !== undefined
    const logLevel = options.logLevel ?? (options.onLog === undefined ? undefined : "debug")
    // Frozen, since every request that goes by reference holds it.
    const { clientInfo, capabilities } = clientOf(options)
    this.#meta = Object.freeze({
      [metaKeys.protocolVersion]: latestStatelessRevision,
      [metaKeys.clientInfo]: clientInfo,
      [metaKeys.clientCapabilities]: capabilities,
      ...(logLevel === undefined ? undefined : { [metaKeys.logLevel]: logLevel }),
    })
  }

  /** Makes the message of a request: as parsed JSON, or holding the very objects of the test. */
  request(id: number, { method, params, options }: Request): unknown {
    const own = this.#ownMeta(id, params, options)
    if (!this.#serialize) {
      const _meta = own === undefined ? this.#meta : { ...this.#meta, ...own }
      // Not `{ ...params, _meta }`: an object literal that begins with a spread costs ten times as much.
      return { jsonrpc: "2.0", id, method, params: { _meta, ...params, ...(own && { _meta }) } }
    }
    const head = own === undefined ? this.#headOf(method) : headOf(method, { ...this.#meta, ...own })
    const members = JSON.stringify(own === undefined ? params : { ...params, _meta: undefined }).slice(1)
    return JSON.parse(`{"jsonrpc":"2.0","id":${id},${head}${members === "}" ? "" : ","}${members}}`)
  }

  /** The head of the most requests, which say nothing of their own in `_meta`. */
  #headOf(method: string): string {
    const known = this.#heads.get(method)
    if (known !== undefined) return known
    const head = headOf(method, this.#meta)
    this.#heads.set(method, head)
    return head
  }

  /** Makes a notification, which needs no envelope. */
  notification(method: string, params: Values): unknown {
    const message = { jsonrpc: "2.0", method, params }
    return this.#serialize ? JSON.parse(JSON.stringify(message)) : message
  }

  /** What this request alone says in `_meta`, or `undefined` for the most requests. */
  #ownMeta(id: number, params: Values, options: RequestOptions): Values | undefined {
    const hearsProgress = this.#hearsProgress || options.onProgress !== undefined
    if (!hearsProgress && options === noOptions && params._meta === undefined) return undefined
    const logLevel = options.logLevel ?? (options.onLog === undefined ? undefined : "debug")
    return {
      ...(params._meta as object | undefined), // a test that gives something else wants it refused
      ...(hearsProgress ? { [metaKeys.progressToken]: id } : undefined),
      ...(logLevel === undefined ? undefined : { [metaKeys.logLevel]: logLevel }),
      ...(options.version === undefined ? undefined : { "fleetmcp/version": options.version }),
      ...options.meta,
    }
  }
}

/** The text of a request between its id and its other parameters. */
function headOf(method: string, meta: Values): string {
  return `"method":${JSON.stringify(method)},"params":{"_meta":${JSON.stringify(meta)}`
}

/** What the client says of itself. */
export function clientOf(options: ConnectOptions): {
  readonly clientInfo: Implementation
  readonly capabilities: ClientCapabilities
} {
  return {
    clientInfo: options.clientInfo ?? { name: "fleetmcp-testing", version: "0.0.0" },
    capabilities: { ...capabilitiesOf(options), ...options.capabilities },
  }
}
