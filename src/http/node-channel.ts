import type { IncomingMessage, ServerResponse } from "node:http"
import type { Sessions } from "../protocol/session/session.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import { HttpChannel, streamHeaders } from "./channel.ts"
import type { AnswerHeaders } from "./cors.ts"
import type { Endpoint } from "./endpoint.ts"
import type { StreamSink } from "./event-stream.ts"
import type { KeepAlive } from "./keep-alive.ts"
import { whenGone } from "./node-gone.ts"
import { urlOf } from "./node-request.ts"
import type { HttpHandler } from "./place.ts"

/** What all requests of one listener have in common. */
export interface NodeSite {
  readonly endpoint: Endpoint
  readonly keepAlive: KeepAlive
}

/** Carries one request of `node:http`; its own headers too, which is one object less for every request. */
export class NodeChannel extends HttpChannel implements HeaderBag {
  readonly site: NodeSite
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** What serves it. Default: the server of the endpoint. */
  handler: HttpHandler

  constructor(site: NodeSite, req: IncomingMessage, res: ServerResponse) {
    super()
    this.handler = site.endpoint.handler
    this.site = site
    this.req = req
    this.res = res
  }

  get headers(): HeaderBag {
    return this
  }

  get(name: string): string | undefined {
    const value = this.req.headers[name]
    return Array.isArray(value) ? value.join(", ") : value
  }

  get externalUrl(): URL {
    return urlOf(this.req, this.site.endpoint)
  }

  get sessions(): Sessions | "memory" | undefined {
    return this.site.endpoint.sessions
  }

  *entries(): Iterable<readonly [string, string]> {
    for (const name of Object.keys(this.req.headers)) {
      const value = this.get(name)
      if (value !== undefined) yield [name, value]
    }
  }

  /** The headers that let a page of another origin read the answer. */
  get corsHeaders(): AnswerHeaders | undefined {
    return this.site.endpoint.cors?.headers(this.req.headers.origin)
  }

  protected get keepAlive(): KeepAlive {
    return this.site.keepAlive
  }

  protected openSink(): StreamSink {
    const { res } = this
    res.writeHead(200, { ...streamHeaders, ...this.corsHeaders })
    cutIfStalled(res, this.site.endpoint.timeouts.send)
    return new NodeSink(res)
  }

  protected watch(): void {
    whenGone(this, () => this.disconnected())
  }
}

/** Destroys a response whose client takes nothing of it for so long, while there is something to take. */
export function cutIfStalled(res: ServerResponse, ms: number): void {
  res.setTimeout(ms, () => {
    if (res.writableLength > 0) res.destroy()
  })
  // The next response in a pipeline would inherit the time-out. First in line: `node:http` then sets its own.
  // With a function, which some that stand in for a response do not do without.
  res.prependOnceListener("finish", () => res.setTimeout(0, () => undefined))
}

class NodeSink implements StreamSink {
  readonly #res: ServerResponse

  constructor(res: ServerResponse) {
    this.#res = res
  }

  get buffered(): number {
    return this.#res.writableLength
  }

  write(text: string): void {
    if (!this.#res.destroyed) this.#res.write(text)
  }

  end(text: string): void {
    if (!this.#res.destroyed) this.#res.end(text)
  }

  cut(): void {
    this.#res.destroy()
  }

  drained(): Promise<void> | undefined {
    const res = this.#res
    if (!res.writableNeedDrain || res.destroyed) return undefined
    return new Promise((resolve) => {
      res.once("drain", resolve)
      res.once("close", resolve)
    })
  }
}
