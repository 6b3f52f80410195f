import type { Sessions } from "../protocol/session/session.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import { toUtf8 } from "../shared/utf8.ts"
import { HttpChannel } from "./channel.ts"
import type { Endpoint } from "./endpoint.ts"
import type { StreamSink } from "./event-stream.ts"
import { externalUrl } from "./external-url.ts"
import { KeepAlive } from "./keep-alive.ts"

/** How much may wait for a reader before it counts as slow. */
const highWaterMark = 64 * 1024

/** Carries one POST of `fetch`. */
export class FetchChannel extends HttpChannel {
  readonly request: Request
  readonly headers: HeaderBag
  /** The stream, once something was sent ahead of the answer. */
  readable: ReadableStream<Uint8Array> | undefined
  readonly #endpoint: Endpoint
  #onOpen: (() => void) | undefined

  constructor(endpoint: Endpoint, request: Request, headers: HeaderBag) {
    super()
    this.headers = headers
    this.readable = undefined
    this.#endpoint = endpoint
    this.request = request
    this.#onOpen = undefined
  }

  get sessions(): Sessions | "memory" | undefined {
    return this.#endpoint.sessions
  }

  get externalUrl(): URL {
    const { origin, pathname, search } = new URL(this.request.url)
    return externalUrl(this.#endpoint, origin, pathname + search)
  }

  /** Calls `run` when something is sent ahead of the answer; at once if something was. */
  whenOpen(run: () => void): void {
    if (this.readable === undefined) this.#onOpen = run
    else run()
  }

  /** One for each stream: some runtimes let no request touch what another one opened. */
  protected get keepAlive(): KeepAlive {
    return new KeepAlive(this.#endpoint)
  }

  protected openSink(): StreamSink {
    const { timeouts, keepAliveMs } = this.#endpoint
    const sink = new FetchSink(timeouts.send / keepAliveMs, () => this.disconnected())
    this.readable = sink.readable
    this.#onOpen?.()
    return sink
  }

  protected watch(): void {
    const { signal } = this.request
    if (signal.aborted) this.disconnected()
    else signal.addEventListener("abort", () => this.disconnected(), { once: true })
  }
}

/** The headers of a `fetch` request. */
export class FetchHeaders implements HeaderBag {
  readonly #headers: Headers

  constructor(headers: Headers) {
    this.#headers = headers
  }

  get(name: string): string | undefined {
    return this.#headers.get(name) ?? undefined
  }

  entries(): Iterable<readonly [string, string]> {
    return this.#headers
  }
}

class FetchSink implements StreamSink {
  readonly readable: ReadableStream<Uint8Array>
  readonly #patience: number
  readonly #onGone: () => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #waiting: (() => void)[] = []
  /** All that was written, in bytes. */
  #written = 0
  /** How much of it the reader had taken at the last beat; -1 where it had all. */
  #taken = -1
  /** For how many beats that has not changed. */
  #beats = 0

  /**
   * @param patience For how many beats a reader may take nothing of what waits for it.
   * @param onGone Called when the reader goes away.
   */
  constructor(patience: number, onGone: () => void) {
    this.#patience = patience
    this.#onGone = onGone
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#release(),
        cancel: () => this.#gone(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark }),
    )
  }

  get buffered(): number {
    return highWaterMark - (this.#controller?.desiredSize ?? highWaterMark)
  }

  write(text: string): void {
    const bytes = toUtf8(text)
    this.#written += bytes.byteLength
    this.#controller?.enqueue(bytes)
  }

  isStalled(): boolean {
    const taken = this.buffered > 0 ? this.#written - this.buffered : -1
    this.#beats = taken === this.#taken ? this.#beats + 1 : 0
    this.#taken = taken
    return taken >= 0 && this.#beats >= this.#patience
  }

  end(text: string): void {
    if (text !== "") this.write(text)
    this.#controller?.close()
    this.#controller = undefined
    this.#release()
  }

  cut(): void {
    this.#controller?.error(new TypeError("The client went away, or reads too slowly."))
    this.#gone()
  }

  drained(): Promise<void> | undefined {
    if (this.#controller === undefined || this.buffered < highWaterMark) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #gone(): void {
    this.#controller = undefined
    this.#release()
    this.#onGone()
  }

  #release(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }
}
