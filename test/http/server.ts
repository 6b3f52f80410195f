import * as z from "zod"
import { FleetMCP } from "../../src/fleet-mcp.ts"
import type { FleetMCPOptions } from "../../src/fleet-mcp-options.ts"
import { createEndpoint, type EndpointParts } from "../../src/http/endpoint.ts"
import { createFetchHandler } from "../../src/http/handler.ts"
import type { HttpOptions } from "../../src/http/http-options.ts"
import type { Every } from "../../src/http/keep-alive.ts"
import { createNodeListener } from "../../src/http/node.ts"
import type { Served } from "./entries.ts"

/** A server whose log is kept out of the test's output. */
export function quietServer(options: FleetMCPOptions = {}): FleetMCP {
  return new FleetMCP("http-test", { log: () => undefined, ...options })
}

/** A server with a tool for each way in which an answer can come. */
export function sampleServer(options: FleetMCPOptions = {}): FleetMCP {
  const mcp = quietServer(options)
  mcp.tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
  mcp.tool({ name: "echo", input: z.object({ value: z.unknown() }) }, ({ value }) => ({ value }))
  mcp.tool({ name: "steps", input: z.object({ steps: z.number() }) }, ({ steps }, ctx) => {
    for (let step = 1; step <= steps; step++) ctx.progress(step, steps)
    return "done"
  })
  return mcp
}

/** Serves a handler of messages without an engine behind it, on timers of the test. */
export function servedOf(parts: EndpointParts, options: HttpOptions = {}): Served {
  const endpoint = createEndpoint({ log: () => undefined, ...parts }, options)
  return { fetch: createFetchHandler(() => endpoint), node: createNodeListener(endpoint) }
}

/** Timers that beat when told to, and say how many are set. */
export class ManualTimers {
  readonly #runs: Set<() => void> = new Set()
  readonly every: Every = (_ms, run) => {
    this.#runs.add(run)
    return () => void this.#runs.delete(run)
  }

  get count(): number {
    return this.#runs.size
  }

  beat(): void {
    for (const run of this.#runs) run()
  }
}

/** What a test wants to happen, and a promise that it has. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
