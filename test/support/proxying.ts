import { onTestFinished } from "vitest"
import type { Connection, OpenOptions } from "../../src/client/connection.ts"
import type { Json } from "../../src/client/rpc.ts"
import type { FleetMCPOptions } from "../../src/fleet-mcp-options.ts"
import type { FleetMCP } from "../../src/index.ts"
import { type ProxyOptions, type ProxyTarget, proxy } from "../../src/providers/proxy.ts"
import { opened } from "./connecting.ts"
import { quietServer } from "./server.ts"

/** A server in front of another one. */
export function fronting(
  target: ProxyTarget,
  options: ProxyOptions = {},
  own: FleetMCPOptions<readonly []> = {},
): FleetMCP {
  const mcp = quietServer(own)
  mcp.mount(proxy(target, { log: () => undefined, ...options }))
  onTestFinished(() => mcp.close())
  return mcp
}

/** Serves over HTTP until the test is over. */
export async function overHttp(mcp: FleetMCP): Promise<URL> {
  const running = await mcp.run({ transport: "http", port: 0, inTests: true })
  onTestFinished(() => mcp.close())
  return new URL(running.url)
}

export type Answering = (method: string, params: Json) => object

/** A client of either era that answers what it is asked, and its calls. */
export async function answering(
  target: FleetMCP | URL,
  answer: Answering,
  options: OpenOptions & { readonly era: "session" | "stateless" },
): Promise<{ readonly connection: Connection; request(method: string, params: Json): Promise<Json> }> {
  const capabilities = { elicitation: { form: {} }, sampling: {}, roots: {} }
  const connection = await opened(target, {
    capabilities,
    onRequest: async ({ method, params }) => answer(method, params),
    ...options,
  })
  return {
    connection,
    async request(method, params) {
      let sent = params
      for (let round = 0; round < 12; round++) {
        const result = await connection.request(method, sent)
        if (result.resultType !== "input_required") return result
        const { inputRequests, requestState } = result as {
          readonly inputRequests: {
            readonly [key: string]: { readonly method: string; readonly params?: Json }
          }
          readonly requestState: string
        }
        const entries = Object.entries(inputRequests ?? {})
        const inputResponses = Object.fromEntries(
          entries.map(([key, asked]) => [key, answer(asked.method, asked.params ?? {})]),
        )
        sent = { ...params, inputResponses, requestState }
      }
      throw new TypeError("too many rounds")
    },
  }
}
