import type { ServerTarget } from "../../src/client/memory-carrier.ts"
import type { Json } from "../../src/client/rpc.ts"
import { metaKeys } from "../../src/spec/meta.ts"

/** What a server that follows no library says. */
export interface Raw {
  readonly tools: readonly Json[]
  readonly resources: readonly Json[]
  readonly prompts: readonly Json[]
  /** What all calls are answered with. */
  readonly outcome: { readonly result: Json } | { readonly error: Json }
}

/** A server of this process that answers by hand, so that it can say anything. */
export function rawServer(raw: Raw, heard: Json[] = []): ServerTarget {
  const capabilities = { tools: {}, resources: {}, prompts: {} }
  const serverInfo = { name: "raw", version: "1" }
  const answer = (method: string, params: Json): object | undefined => {
    switch (method) {
      case "initialize":
        return { result: { protocolVersion: params.protocolVersion, capabilities, serverInfo } }
      case "server/discover":
        return {
          result: {
            supportedVersions: ["2026-07-28"],
            capabilities,
            _meta: { [metaKeys.serverInfo]: serverInfo },
          },
        }
      case "tools/list":
        return { result: { tools: raw.tools } }
      case "resources/list":
        return { result: { resources: raw.resources } }
      case "resources/templates/list":
        return { result: { resourceTemplates: [] } }
      case "prompts/list":
        return { result: { prompts: raw.prompts } }
      default:
        return raw.outcome
    }
  }
  const respond = (message: unknown): string | undefined => {
    const {
      id,
      method,
      params = {},
    } = message as { readonly id?: number; readonly method: string; readonly params?: Json }
    heard.push({ method, params })
    if (id === undefined) return undefined
    const isStateless = metaKeys.protocolVersion in ((params._meta ?? {}) as Json)
    const said = answer(method, params) as { readonly result?: Json }
    const whole = isStateless && said.result ? { result: { resultType: "complete", ...said.result } } : said
    return JSON.stringify({ jsonrpc: "2.0", id, ...whole })
  }
  return {
    start: async () => undefined,
    handler: { handle: async (message: unknown) => ({ status: 200, body: respond(message) }) } as never,
  }
}
