import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { SseParser } from "../../test/support/sse-parser.ts"
import { EventStream, type StreamSink } from "./event-stream.ts"
import { KeepAlive } from "./keep-alive.ts"

const mib = 1024 * 1024

/** A reader that takes nothing until told to. */
class SlowSink implements StreamSink {
  readonly writes: string[] = []
  isCut = false
  isEnded = false
  taken = 0

  get text(): string {
    return this.writes.join("")
  }

  get buffered(): number {
    return this.text.length - this.taken
  }

  write(text: string): void {
    this.writes.push(text)
  }

  end(text: string): void {
    this.writes.push(text)
    this.isEnded = true
  }

  cut(): void {
    this.isCut = true
  }

  drained(): Promise<void> | undefined {
    return undefined
  }
}

function opened() {
  let isBeating = false
  const every = () => {
    isBeating = true
    return () => {
      isBeating = false
    }
  }
  const sink = new SlowSink()
  const stream = new EventStream(sink, new KeepAlive({ keepAliveMs: 1, every }))
  return { sink, stream, isBeating: () => isBeating }
}

/** What a client reads of it. */
function read(text: string): readonly unknown[] {
  return [...new SseParser().push(text)].map(({ data }) => JSON.parse(data))
}

describe("EventStream", () => {
  it("delivers every message as it was, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 20 }), fc.jsonValue(), (values, last) => {
        const { sink, stream } = opened()
        for (const value of values) stream.send(JSON.stringify(value))
        stream.end(JSON.stringify(last))
        expect(read(sink.text)).toEqual(JSON.parse(JSON.stringify([...values, last])))
      }),
    )
  })

  it("writes what one turn sends at once", async () => {
    const { sink, stream } = opened()
    stream.send("1")
    stream.send("2")
    expect(sink.writes).toEqual([])
    await Promise.resolve()
    expect(sink.writes.length).toBe(1)
  })

  it("does not hold back more than 64 KiB of a turn", () => {
    const { sink, stream } = opened()
    stream.send(JSON.stringify("x".repeat(65 * 1024)))
    expect(sink.writes.length).toBe(1)
  })

  it("writes nothing twice and nothing after its end", async () => {
    const { sink, stream } = opened()
    stream.send("1")
    stream.end("2")
    stream.end("3")
    stream.send("4")
    stream.beat()
    await Promise.resolve()
    expect(read(sink.text)).toEqual([1, 2])
  })

  it("comments on silence only, and not to a reader that takes nothing", async () => {
    const { sink, stream } = opened()
    stream.send("1")
    await Promise.resolve()
    stream.beat()
    stream.beat()
    expect(sink.text).not.toContain("keep-alive")
    sink.taken = sink.text.length
    stream.beat()
    expect(sink.writes.at(-1)).toBe(": keep-alive\n\n")
  })

  it("cuts a reader that lets more than 8 MiB wait, and holds nothing for it", () => {
    const { sink, stream, isBeating } = opened()
    for (let sent = 0; sent < 9; sent++) stream.send(JSON.stringify("x".repeat(mib)))
    expect([sink.isCut, isBeating()]).toEqual([true, false])
    const { length } = sink.text
    stream.send("1")
    stream.end("2")
    expect([sink.text.length, sink.isEnded]).toEqual([length, false])
  })

  it("gives events the ids it is told to", async () => {
    const { sink, stream } = opened()
    stream.prime("r1-0")
    stream.send("1", "r1-1")
    stream.send("2")
    await undefined
    expect(sink.text).toBe(
      "id: r1-0\ndata: \n\nid: r1-1\nevent: message\ndata: 1\n\nevent: message\ndata: 2\n\n",
    )
  })

  it("says something at once where it is opened with nothing to say", async () => {
    const { sink, stream } = opened()
    stream.greet()
    await undefined
    expect(sink.text).toBe(": open\n\n")
  })

  it.each([
    [25, "event: message\ndata: 1\n\nretry: 25\n\n"],
    [undefined, "event: message\ndata: 1\n\n"],
  ])("ends without an answer, and with when to come back where it is told: %s", (retryMs, text) => {
    const { sink, stream, isBeating } = opened()
    stream.send("1")
    stream.leave(retryMs)
    stream.leave(retryMs)
    stream.send("2")
    expect([sink.text, sink.isEnded, isBeating()]).toEqual([text, true, false])
  })

  it("stops beating when it ends", () => {
    const { stream, isBeating } = opened()
    expect(isBeating()).toBe(true)
    stream.end(undefined)
    expect(isBeating()).toBe(false)
  })
})
