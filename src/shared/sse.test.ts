import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { SseParser } from "../../test/support/sse-parser.ts"
import { sseComment, sseData, sseEvent, sseRetry } from "./sse.ts"

describe("writing", () => {
  it("writes JSON as one line", () => {
    expect(sseData('{"a":"b\\n"}')).toBe('data: {"a":"b\\n"}\n\n')
  })

  it("writes all fields before the data", () => {
    expect(sseEvent({ data: "x", event: "endpoint", id: "7", retry: 2500.9 })).toBe(
      "event: endpoint\nid: 7\nretry: 2500\ndata: x\n\n",
    )
  })

  it("writes the first, empty event of a stream that can be resumed", () => {
    expect(sseEvent({ data: "", id: "1" })).toBe("id: 1\ndata: \n\n")
  })

  it("writes each line of a text as data", () => {
    expect(sseData("a\nb\r\nc\rd")).toBe("data: a\ndata: b\ndata: c\ndata: d\n\n")
  })

  it("writes comments and retry alone", () => {
    expect([sseComment(), sseComment("ping"), sseRetry(3000)]).toEqual([
      ": \n\n",
      ": ping\n\n",
      "retry: 3000\n\n",
    ])
  })

  it.each(["\n\ndata: forged\n\n", "\r\rdata: forged\r\r", "\r\n\r\ndata: forged\r\n\r\n"])(
    "lets no field forge an event with %j",
    (evil) => {
      const stream = sseComment(evil) + sseEvent({ data: "x", event: `e${evil}`, id: `i${evil}` })
      expect(new SseParser().push(stream).map(({ data }) => data)).toEqual(["x"])
    },
  )
})

describe("SseParser", () => {
  function parse(...chunks: readonly string[]) {
    const parser = new SseParser()
    return chunks.flatMap((chunk) => parser.push(chunk))
  }

  it.each([
    ["data: a\n\n", [{ event: "message", data: "a", id: "" }]],
    ["data:a\n\n", [{ event: "message", data: "a", id: "" }]],
    ["data:  a\n\n", [{ event: "message", data: " a", id: "" }]],
    ["data\n\n", [{ event: "message", data: "", id: "" }]],
    ["data: a\ndata: b\n\n", [{ event: "message", data: "a\nb", id: "" }]],
    [
      "data: a\r\rdata: b\r\n\r\n",
      [
        { event: "message", data: "a", id: "" },
        { event: "message", data: "b", id: "" },
      ],
    ],
    ["\ufeffdata: a\n\n", [{ event: "message", data: "a", id: "" }]],
    [": comment\nevent: e\nid: 1\nother: x\ndata: a\n\n", [{ event: "e", data: "a", id: "1" }]],
    ["event: e\n\ndata: a\n\n", [{ event: "message", data: "a", id: "" }]],
    [
      "id: 1\ndata: a\n\ndata: b\n\n",
      [
        { event: "message", data: "a", id: "1" },
        { event: "message", data: "b", id: "1" },
      ],
    ],
    ["id: 1\nid: 2\0\ndata: a\n\n", [{ event: "message", data: "a", id: "1" }]],
    ["data: a", []],
    ["data: a\n", []],
    ["\n\n\n", []],
    ["", []],
  ])("reads %j", (stream, events) => {
    expect(parse(stream)).toEqual(events)
  })

  it("keeps the last id and the time to wait", () => {
    const parser = new SseParser()
    parser.push("id: 7\nretry: 1500\n\nretry: soon\n\n")
    expect([parser.lastEventId, parser.retry]).toEqual(["7", 1500])
  })

  it("reads back what was written, however the stream is cut", () => {
    const field = fc.string().filter((value) => !/[\r\n\0]/.test(value))
    const event = fc.record({
      data: fc.string({ unit: fc.constantFrom("a", "\n", "\r", ":", " ", "é", "\ufeff") }),
      event: field.filter((value) => value !== ""),
      id: field,
    })
    fc.assert(
      fc.property(fc.array(event), fc.array(fc.nat(400)), (events, cuts) => {
        const stream = events.map((one) => sseComment("c") + sseEvent(one)).join("")
        const places = [0, ...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length]
        const chunks = places.map((place, index) => stream.slice(place, places[index + 1] ?? place))
        const expected = events.map((one) => ({ ...one, data: one.data.replaceAll(/\r\n|\r/g, "\n") }))
        expect(parse(...chunks)).toEqual(expected)
      }),
    )
  })

  it("skips an event that is too long, counts it and reads on", () => {
    const parser = new SseParser({ maxEventLength: 10 })
    const events = ["data: 1234", "5678901234", "\ndata", ": x\n", "\n", "data: ok\n\n"].flatMap((chunk) =>
      parser.push(chunk),
    )
    expect([events.map(({ data }) => data), parser.dropped]).toEqual([["ok"], 1])
  })

  it("counts many short lines as one long event", () => {
    const parser = new SseParser({ maxEventLength: 100 })
    expect(parser.push(`${"data\n".repeat(1000)}\ndata: ok\n\n`)).toHaveLength(1)
    expect(parser.dropped).toBe(1)
  })

  it("does not count comments", () => {
    const parser = new SseParser({ maxEventLength: 20 })
    expect(parser.push(`${": keep-alive\n".repeat(1000)}data: ok\n\n`)).toHaveLength(1)
  })

  it("reads megabytes that come in small pieces in linear time", () => {
    const parser = new SseParser()
    const start = performance.now()
    parser.push("data: ")
    for (let piece = 0; piece < 200_000; piece++) parser.push("0123456789")
    expect(parser.push("\n\n")[0]?.data).toHaveLength(2_000_000)
    expect(performance.now() - start).toBeLessThan(2000)
  })

  it("survives any stream", () => {
    const hostile = fc.string({
      unit: fc.constantFrom("data", "id", ":", " ", "\n", "\r", "\0", "retry", "\ufeff"),
    })
    fc.assert(fc.property(fc.array(hostile), (chunks) => void parse(...chunks)))
  })
})
