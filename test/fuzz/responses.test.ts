import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ResponseReader } from "./responses.ts"

const answers = [
  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n",
  "HTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
]

describe("ResponseReader", () => {
  it("reads the same answers however the bytes come", () => {
    const bytes = Buffer.from(answers.join(""))
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 }), (cuts) => {
        const reader = new ResponseReader(() => false)
        const ends = [...cuts.sort((a, b) => a - b), bytes.length]
        let at = 0
        for (const end of ends) {
          reader.push(bytes.subarray(at, end))
          at = end
        }
        expect(reader.whole.map(({ status, body }) => [status, body])).toEqual([
          [200, "{}"],
          [200, "abc0123456789abcdef"],
          [204, ""],
          [400, ""],
        ])
      }),
    )
  })

  it("knows that answers to HEAD have no body", () => {
    const reader = new ResponseReader((index) => index === 0)
    reader.push(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${answers[0]}`))
    expect(reader.whole.map(({ body }) => body)).toEqual(["", "{}"])
  })

  it("shows an answer that has only begun", () => {
    const reader = new ResponseReader(() => false)
    reader.push(Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"))
    expect([reader.whole.length, reader.partial?.status, reader.partial?.body]).toEqual([0, 200, "5\r\nhel"])
  })

  it("refuses what is no answer", () => {
    expect(() => new ResponseReader(() => false).push(Buffer.from("nonsense\r\n\r\n"))).toThrow(/no answer/)
  })
})
