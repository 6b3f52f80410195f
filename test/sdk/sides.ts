import { Client as Client2 } from "@modelcontextprotocol/client"
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js"
import { InMemoryTransport as Memory1 } from "@modelcontextprotocol/sdk/inMemory.js"
import { Server as Server1 } from "@modelcontextprotocol/sdk/server/index.js"
import * as schemas from "@modelcontextprotocol/sdk/types.js"
import { InMemoryTransport as Memory2, Server as Server2 } from "@modelcontextprotocol/server"
import type { FleetMCP } from "fleetmcp"
import { type SdkOptions, type SdkServer, serveInSdk } from "fleetmcp/sdk"
import { onTestFinished } from "vitest"
import * as z from "zod"

type Params = { readonly [name: string]: unknown }

// biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape.
type Result = any

export interface CallOptions {
  readonly onprogress?: (progress: Result) => void
  readonly signal?: AbortSignal
}

export interface ClientSettings {
  readonly capabilities?: Params
  /** What the client answers, by method. */
  readonly answers?: { readonly [method: string]: (params: Result) => Result }
  /** Hears all notifications. */
  readonly hear?: (method: string, params: Result) => void
  /** Added to each message, as an HTTP transport does. */
  readonly authInfo?: object
  readonly options?: SdkOptions
}

/** A real client of the SDK, connected to a real server of it in which ours is served. */
export interface Joined {
  readonly server: SdkServer & { close(): Promise<void> }
  /** Everything the server sent, as it was sent. */
  readonly wire: Result[]
  call(name: string, args?: Params, options?: CallOptions): Promise<Result>
  request(method: string, params?: Params, options?: CallOptions): Promise<Result>
  notify(method: string, params?: Params): Promise<void>
  close(): Promise<void>
}

export interface Side {
  readonly version: string
  newServer(): SdkServer & { close(): Promise<void> }
  join(mcp: FleetMCP, settings?: ClientSettings): Promise<Joined>
}

const info = { name: "official", version: "1.0.0" }
const heard = [
  "notifications/message",
  "notifications/tools/list_changed",
  "notifications/resources/list_changed",
  "notifications/resources/updated",
  "notifications/prompts/list_changed",
]

/** Gives what a server sends, and adds who is calling to what it hears. */
function watch(client: Result, server: Result, settings: ClientSettings): Result[] {
  const wire: Result[] = []
  const { send } = server
  server.send = (message: Result, options: Result) => {
    wire.push(JSON.parse(JSON.stringify(message)))
    return send.call(server, message, options)
  }
  const { send: say } = client
  client.send = (message: Result, options: Result) =>
    say.call(client, message, { ...options, authInfo: settings.authInfo })
  return wire
}

export const sides: readonly Side[] = [
  {
    version: "1",
    newServer: () => new Server1(info),
    async join(mcp, settings = {}) {
      const server = serveInSdk(mcp.handler, new Server1(info), settings.options)
      const client = new Client1(info, { capabilities: { ...settings.capabilities } })
      const byMethod: Result = Object.fromEntries(
        Object.values(schemas).flatMap((schema: Result) => {
          const method = schema?.shape?.method?.def?.values?.[0] ?? schema?.shape?.method?.value
          return typeof method === "string" ? [[method, schema]] : []
        }),
      )
      for (const [method, answer] of Object.entries(settings.answers ?? {}))
        client.setRequestHandler(byMethod[method], (({ params }: Result) => answer(params)) as never)
      for (const method of heard)
        client.setNotificationHandler(byMethod[method], (({ params }: Result) =>
          settings.hear?.(method, params)) as never)
      const [left, right] = Memory1.createLinkedPair()
      const wire = watch(left, right, settings)
      await server.connect(right)
      await client.connect(left)
      onTestFinished(() => client.close())
      const request = (method: string, params: Params = {}, options: CallOptions = {}) =>
        client.request({ method, params } as never, z.looseObject({}) as never, options as never)
      return {
        server,
        wire,
        request,
        call: (name, args = {}, options) => request("tools/call", { name, arguments: args }, options),
        notify: (method, params = {}) => client.notification({ method, params } as never),
        close: () => client.close(),
      }
    },
  },
  {
    version: "2",
    newServer: () => new Server2(info),
    async join(mcp, settings = {}) {
      const server = serveInSdk(mcp.handler, new Server2(info), settings.options)
      const client = new Client2(info, { capabilities: { ...settings.capabilities } })
      for (const [method, answer] of Object.entries(settings.answers ?? {}))
        client.setRequestHandler(method as never, (({ params }: Result) => answer(params)) as never)
      for (const method of heard)
        client.setNotificationHandler(
          method as never,
          (({ params }: Result) => settings.hear?.(method, params)) as never,
        )
      const [left, right] = Memory2.createLinkedPair()
      const wire = watch(left, right, settings)
      await server.connect(right)
      await client.connect(left)
      onTestFinished(() => client.close())
      const request = (method: string, params: Params = {}, options: CallOptions = {}) =>
        client.request({ method, params } as never, z.looseObject({}) as never, options as never)
      return {
        server,
        wire,
        request,
        call: (name, args = {}, options) => request("tools/call", { name, arguments: args }, options),
        notify: (method, params = {}) => client.notification({ method, params } as never),
        close: () => client.close(),
      }
    },
  },
]
