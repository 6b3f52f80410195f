import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readEvent } from "./lambda-event.ts"

const v2 = {
  version: "2.0",
  rawPath: "/mcp",
  rawQueryString: "a=1&b=%20",
  cookies: ["x=1", "y=2"],
  headers: { host: "api.example.com", "content-type": "application/json" },
  requestContext: {
    stage: "$default",
    domainName: "id.execute-api.example",
    http: { method: "POST", path: "/mcp" },
  },
  body: "{}",
  isBase64Encoded: false,
}

const v1 = {
  httpMethod: "POST",
  path: "/mcp",
  headers: { Host: "api.example.com", Accept: "b" },
  multiValueHeaders: { Host: ["api.example.com"], Accept: ["a", "b"] },
  queryStringParameters: { a: "2", b: " " },
  multiValueQueryStringParameters: { a: ["1", "2"], b: [" "] },
  requestContext: { stage: "prod", path: "/prod/mcp", domainName: "id.execute-api.example" },
  body: "{}",
  isBase64Encoded: false,
}

const alb = {
  httpMethod: "GET",
  path: "/health",
  headers: { host: "lb.example.com", "x-forwarded-proto": "http" },
  queryStringParameters: { a: "%20" },
  requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:targetgroup" } },
  body: "",
  isBase64Encoded: false,
}

describe("an event of an HTTP API or a function URL", () => {
  it("becomes a request with its cookies among the headers", () => {
    const { method, url, headers, body, form } = readEvent(v2)
    expect([method, url.href, form]).toEqual(["POST", "https://api.example.com/mcp?a=1&b=%20", "cookies"])
    expect(headers).toContainEqual(["cookie", "x=1; y=2"])
    expect(new TextDecoder().decode(body)).toBe("{}")
  })

  it("has its stage taken off the path", () => {
    const { requestContext } = v2
    const staged = { ...v2, rawPath: "/prod/mcp", requestContext: { ...requestContext, stage: "prod" } }
    expect(readEvent(staged).url.pathname).toBe("/mcp")
    expect(readEvent({ ...staged, rawPath: "/production/mcp" }).url.pathname).toBe("/production/mcp")
    expect(readEvent({ ...staged, rawPath: "/prod" }).url.pathname).toBe("/prod")
  })

  it("may have a body in Base64, or none", () => {
    const { body } = readEvent({ ...v2, body: "/w==", isBase64Encoded: true })
    expect(body).toEqual(new Uint8Array([0xff]))
    expect(readEvent({ ...v2, body: undefined }).body).toBeUndefined()
  })

  it("goes by the domain of the gateway where no header names a host", () => {
    expect(readEvent({ ...v2, headers: {} }).url.host).toBe("id.execute-api.example")
  })

  it.each(["evil.example/mcp", "a b", "x@y", ""])("takes no part of a URL for a host: %j", (host) => {
    expect(readEvent({ ...v2, headers: { host } }).url.origin).toBe("https://localhost")
  })

  it.each(["//evil.example/mcp", "/a?b#c", "\\\\evil.example", "https://evil.example/"])(
    "takes a path for nothing else: %j",
    (rawPath) => {
      expect(readEvent({ ...v2, rawPath }).url.host).toBe("api.example.com")
    },
  )
})

describe("an event of a REST API", () => {
  it("becomes a request with all its headers and parameters", () => {
    const { method, url, headers, form } = readEvent(v1)
    expect([method, url.href, form]).toEqual(["POST", "https://api.example.com/mcp?a=1&a=2&b=+", "multi"])
    expect(headers.filter(([name]) => name === "Accept")).toEqual([
      ["Accept", "a"],
      ["Accept", "b"],
    ])
  })

  it("may be one of the console, with nulls for what is empty", () => {
    const nulls = { headers: null, multiValueHeaders: null, queryStringParameters: null, body: null }
    const { url, body, form } = readEvent({ ...v1, ...nulls, multiValueQueryStringParameters: null })
    expect([url.href, body, form]).toEqual(["https://id.execute-api.example/mcp", undefined, "single"])
  })

  it("has no stage in its path to be taken off, but has with payload 1.0 of an HTTP API", () => {
    expect(readEvent({ ...v1, path: "/prod/mcp" }).url.pathname).toBe("/prod/mcp")
    expect(readEvent({ ...v1, version: "1.0", path: "/prod/mcp" }).url.pathname).toBe("/mcp")
  })
})

describe("an event of a load balancer", () => {
  it("becomes a request whose query is as it came", () => {
    const { method, url, form } = readEvent(alb)
    expect([method, url.href, form]).toEqual(["GET", "http://lb.example.com/health?a=%20", "single"])
  })

  it("may have lists of values", () => {
    const { headers: _, queryStringParameters: __, ...rest } = alb
    const lists = {
      multiValueHeaders: { host: ["lb.example.com"] },
      multiValueQueryStringParameters: { a: ["1", "2"] },
    }
    expect(readEvent({ ...rest, ...lists })).toMatchObject({ form: "multi", url: { search: "?a=1&a=2" } })
  })
})

describe("an event that is none of HTTP", () => {
  it.each([
    [undefined, "`undefined`"],
    ["text", "a string"],
    [[], "a list"],
    [{}, "no fields"],
    [{ Records: [{ eventSource: "aws:sqs" }] }, "`aws:sqs`"],
    [{ Records: [{ EventSource: "aws:sns" }] }, "`aws:sns`"],
    [{ source: "aws.events", detail: {} }, "`aws.events`"],
    [{ requestContext: { connectionId: "1" }, body: "{}" }, "`requestContext`, `body`"],
    [{ ...v2, rawPath: 1 }, "whose `rawPath` is a number"],
    [{ ...v2, headers: [] }, "whose `headers` is a list"],
    [{ ...v2, headers: { host: 1 } }, "whose `host` is a number"],
    [{ ...v2, cookies: "x" }, "whose `cookies` is a string"],
    [{ ...v2, body: {} }, "whose `body` is an object"],
    [{ ...v2, body: "%", isBase64Encoded: true }, "whose `body` is no Base64"],
    [{ ...v1, multiValueHeaders: { host: "x", accept: {} } }, "whose `accept` is an object"],
    [{ ...v1, requestContext: "x" }, "whose `requestContext` is a string"],
  ])("is refused by what it is: %#", (event, what) => {
    expect(() => readEvent(event)).toThrow(
      expect.objectContaining({ code: "NOT_AN_HTTP_EVENT", message: expect.stringContaining(what) }),
    )
  })

  it("is refused in those words whatever it holds", () => {
    const field = fc.constantFrom(
      "requestContext",
      "http",
      "httpMethod",
      "rawPath",
      "headers",
      "path",
      "body",
    )
    const event = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, fc.string(), fc.integer(), fc.constant(null), tie("fields")),
      fields: fc.dictionary(field, tie("value")),
    })).fields
    fc.assert(
      fc.property(event, (value) => {
        try {
          readEvent(value)
        } catch (error) {
          expect(error).toMatchObject({ code: "NOT_AN_HTTP_EVENT" })
        }
      }),
    )
  })
})
