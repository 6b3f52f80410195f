/** The most characters that may wait for a slow reader before it is cut off. */
const maxBuffered = 8 * 1024 * 1024

/** The body of a streamed answer, for runtimes that speak `fetch`. */
export class StreamBody {
  readonly readable: ReadableStream<Uint8Array>
  readonly #keepAlive: ReturnType<typeof setInterval>
  readonly #onCancel: () => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #pending = ""
  #quiet = true

  /** @param onCancel Called when the reader goes away. */
  constructor(keepAliveMs: number, onCancel: () => void) {
    this.#onCancel = onCancel
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        cancel: () => this.#cancelled(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: maxBuffered }),
    )
    this.#keepAlive = setInterval(() => this.#beat(), keepAliveMs)
  }

  event(json: string): void {
    // What one turn sends goes out as one chunk.
    if (this.#pending === "") queueMicrotask(() => this.#flush())
    this.#pending += `event: message\ndata: ${json}\n\n`
  }

  end(body: string | undefined): void {
    if (body !== undefined) this.event(body)
    this.#flush()
    clearInterval(this.#keepAlive)
    this.#controller?.close()
    this.#controller = undefined
  }

  #flush(): void {
    if (this.#pending === "" || this.#controller === undefined) return
    this.#controller.enqueue(encoder.encode(this.#pending))
    this.#pending = ""
    this.#quiet = false
    // A peer that does not read must not fill our memory; a cut stream is a lost request, which it may repeat.
    if ((this.#controller.desiredSize ?? 0) < 0) this.#cut()
  }

  #cut(): void {
    this.#controller?.error(new TypeError("The client reads too slowly."))
    this.#cancelled()
  }

  #beat(): void {
    if (this.#quiet) this.#controller?.enqueue(encoder.encode(": keep-alive\n\n"))
    this.#quiet = true
  }

  #cancelled(): void {
    clearInterval(this.#keepAlive)
    this.#controller = undefined
    this.#onCancel()
  }
}

const encoder: InstanceType<typeof TextEncoder> = /* @__PURE__ */ new TextEncoder()
