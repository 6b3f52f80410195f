import { describe, expect, it } from "vitest"
import { ResourceUnreadable } from "../errors/resource-unreadable.ts"
import type { ReadResourceResult } from "../spec/index.ts"
import type { Context } from "./context.ts"
import { type HttpResourceOptions, httpResource } from "./static-resources-http.ts"

interface Sent {
  readonly url: string
  readonly init: RequestInit
}

/** A `fetch` that answers from a list and notes what was asked. */
function scripted(...answers: readonly (() => Response | Promise<Response>)[]): {
  fetch: typeof fetch
  sent: Sent[]
} {
  const sent: Sent[] = []
  const answer = async (url: unknown, init: unknown): Promise<Response> => {
    sent.push({ url: String(url), init: init as RequestInit })
    return (await answers[sent.length - 1]?.()) ?? expect.fail("fetched too often")
  }
  return { fetch: answer as typeof fetch, sent }
}

async function read(options: HttpResourceOptions, mimeType?: string, signal?: AbortSignal): Promise<unknown> {
  const config = { uri: "data://x", ...(mimeType === undefined ? undefined : { mimeType }) }
  const made = httpResource(config, "https://example.com/a", options)
  // A read needs no more of its context than the signal.
  const ctx = { signal: signal ?? new AbortController().signal } as Context
  const result = (await made.invoke("data://x", ctx)) as ReadResourceResult
  return result.contents[0]
}

const reply = (body: string | Uint8Array<ArrayBuffer>, type: string): (() => Response) => {
  return () => new Response(body, { headers: { "content-type": type } })
}
const redirect = (location: string): (() => Response) => {
  return () => new Response(null, { status: 302, headers: { location } })
}

describe("httpResource", () => {
  it("reads text with the type that the server says", async () => {
    const { fetch, sent } = scripted(reply("hé", "text/plain; charset=utf-8"))
    expect(await read({ fetch, headers: { authorization: "Bearer t" } })).toStrictEqual({
      uri: "data://x",
      mimeType: "text/plain; charset=utf-8",
      text: "hé",
    })
    expect(sent[0]?.url).toBe("https://example.com/a")
    expect(sent[0]?.init).toMatchObject({ headers: { authorization: "Bearer t" }, redirect: "manual" })
  })

  it("reads text in the charset that the server says", async () => {
    const { fetch } = scripted(reply(new Uint8Array([0xe9]), "text/plain; charset=iso-8859-1"))
    expect(await read({ fetch })).toMatchObject({ text: "é" })
  })

  it("reads bytes, and text that is not in its charset", async () => {
    const bytes = new Uint8Array([0xff, 0])
    const readAs = (mimeType: string) => read({ fetch: scripted(reply(bytes, mimeType)).fetch })
    expect(await readAs("image/png")).toMatchObject({ blob: "/wA=", mimeType: "image/png" })
    expect(await readAs("text/plain")).toMatchObject({ blob: "/wA=" })
    expect(await readAs("text/plain; charset=nope")).toMatchObject({ blob: "/wA=" })
  })

  it("keeps the type that the resource declares", async () => {
    const { fetch } = scripted(reply("a", "text/html"))
    expect(await read({ fetch }, "text/markdown")).toMatchObject({ mimeType: "text/markdown", text: "a" })
  })

  it("follows redirects on the same origin", async () => {
    const { fetch, sent } = scripted(
      redirect("/b"),
      redirect("https://example.com/c"),
      reply("a", "text/plain"),
    )
    expect(await read({ fetch })).toMatchObject({ text: "a" })
    expect(sent.map(({ url }) => url)).toEqual([
      "https://example.com/a",
      "https://example.com/b",
      "https://example.com/c",
    ])
  })

  it.each([
    "http://example.com/a",
    "https://other.example/a",
    "http://169.254.169.254/",
    "//127.0.0.1/",
    "file:///a",
  ])("does not follow a redirect to %s", async (location) => {
    const { fetch, sent } = scripted(redirect(location))
    await expect(read({ fetch })).rejects.toThrow(/redirects to another host/)
    expect(sent).toHaveLength(1)
  })

  it("does not follow redirects for ever", async () => {
    const { fetch } = scripted(redirect("/b"), redirect("/b"), redirect("/b"), redirect("/b"))
    await expect(read({ fetch })).rejects.toThrow(/more than 3 times/)
  })

  it("says the status of a failure", async () => {
    const { fetch } = scripted(() => new Response("no", { status: 503 }))
    await expect(read({ fetch })).rejects.toThrow(/status 503/)
  })

  it("stops reading a body that is too long, and lets the rest go", async () => {
    let cancelled = false
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(100)),
      cancel: () => {
        cancelled = true
      },
    })
    const { fetch } = scripted(() => new Response(endless))
    await expect(read({ fetch, maxBytes: 1000 })).rejects.toThrow(/longer than 1000 bytes/)
    expect(cancelled).toBe(true)
  })

  it("keeps the cause when nobody answers", async () => {
    const cause = new TypeError("fetch failed")
    const { fetch } = scripted(() => Promise.reject(cause))
    await expect(read({ fetch })).rejects.toMatchObject({ code: "RESOURCE_UNREADABLE", cause })
  })

  it("hands on the abort of the call", async () => {
    const controller = new AbortController()
    const { fetch, sent } = scripted(reply("a", "text/plain"))
    await read({ fetch }, undefined, controller.signal)
    expect(sent[0]?.init.signal?.aborted).toBe(false)
    controller.abort()
    expect(sent[0]?.init.signal?.aborted).toBe(true)
  })

  it.each([
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "a",
    "http://127.0.0.1.example.com/",
  ])("refuses the URL %s when it is made", (url) => {
    expect(() => httpResource("data://x", url)).toThrow(ResourceUnreadable)
  })

  it("takes http on this machine", () => {
    expect(() => httpResource("data://x", "http://127.0.0.1:3000/a")).not.toThrow()
    expect(() => httpResource("data://x", new URL("http://[::1]/a"))).not.toThrow()
  })
})

it("refuses options that it does not have, and values they cannot have", () => {
  const make = (options: object) => () =>
    httpResource("status://api", "https://example.com", options as never)
  expect(make({ timeout: 1 })).toThrow("Did you mean `timeoutMs`?")
  expect(make({ timeoutMs: 0 })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
})
