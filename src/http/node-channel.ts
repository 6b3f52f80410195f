import type { IncomingMessage, ServerResponse } from "node:http"
import type { Principal } from "../protocol/principal.ts"
import type { Abortable, Channel, HeaderBag } from "../protocol/transport.ts"

/** The most bytes that may wait for a slow reader before it is cut off. */
const maxBuffered = 8 * 1024 * 1024

/** Carries one POST over `node:http`. The answer is one JSON body unless something is sent ahead of it. */
export class NodeChannel implements Channel, HeaderBag {
  readonly principal: Principal | undefined
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #streams: Set<NodeChannel>
  readonly #streamHeaders: { readonly [name: string]: string } | undefined
  #call: Abortable | undefined
  #pending: string
  #lastWrite: number
  committed: boolean

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    principal: Principal | undefined,
    streams: Set<NodeChannel>,
    streamHeaders: { readonly [name: string]: string } | undefined,
  ) {
    this.#req = req
    this.#res = res
    this.principal = principal
    this.#streams = streams
    this.#streamHeaders = streamHeaders
    this.#call = undefined
    this.#pending = ""
    this.#lastWrite = 0
    this.committed = false
  }

  /** Its own headers: one object less for every request. */
  get headers(): HeaderBag {
    return this
  }

  get(name: string): string | undefined {
    return headerOf(this.#req, name)
  }

  entries(): Iterable<readonly [string, string]> {
    return headerEntries(this.#req)
  }

  send(json: string): void {
    if (!this.committed) this.#open()
    // What one turn sends goes out as one write.
    if (this.#pending === "") queueMicrotask(() => this.#flush())
    this.#pending += `event: message\ndata: ${json}\n\n`
  }

  drained(): Promise<void> | undefined {
    if (!this.#res.writableNeedDrain) return undefined
    return new Promise((resolve) => {
      this.#res.once("drain", resolve)
      this.#res.once("close", resolve)
    })
  }

  onDisconnect(call: Abortable): void {
    if (this.#res.destroyed) call.abort("disconnect")
    this.#call = call
  }

  /** The response is over: finished by us, or cut by the client, which ends the call. */
  closed(): void {
    this.#streams.delete(this)
    if (!this.#res.writableFinished) this.#call?.abort("disconnect")
  }

  /** Ends a stream with the answer. */
  endStream(body: string | undefined): void {
    const last = body === undefined ? this.#pending : `${this.#pending}event: message\ndata: ${body}\n\n`
    this.#pending = ""
    this.#streams.delete(this)
    this.#res.end(last)
  }

  /** Writes a comment if nothing was written since `before`, so that proxies keep a quiet stream. */
  keepAlive(now: number, before: number): void {
    if (this.#lastWrite > before || this.#res.destroyed) return
    this.#lastWrite = now
    this.#write(": keep-alive\n\n")
  }

  #open(): void {
    this.committed = true
    this.#streams.add(this)
    this.#res.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      ...this.#streamHeaders,
    })
  }

  #flush(): void {
    if (this.#pending === "") return
    const text = this.#pending
    this.#pending = ""
    this.#lastWrite = Date.now()
    this.#write(text)
  }

  #write(text: string): void {
    if (this.#res.destroyed) return
    this.#res.write(text)
    // A peer that does not read must not fill our memory; a cut stream is a lost request, which it may repeat.
    if (this.#res.writableLength > maxBuffered) this.#res.destroy()
  }
}

/** Reads one header where `node:http` keeps them. */
export function headerOf(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name]
  return Array.isArray(value) ? value.join(", ") : value
}

export function* headerEntries(req: IncomingMessage): Iterable<readonly [string, string]> {
  for (const name of Object.keys(req.headers)) {
    const value = headerOf(req, name)
    if (value !== undefined) yield [name, value]
  }
}
