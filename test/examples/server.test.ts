import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import asking, { tokens } from "../../examples/asking.ts"
import authentication from "../../examples/authentication.ts"
import durable, { charges } from "../../examples/durable-tools.ts"
import errors from "../../examples/errors.ts"
import http, { fetch as fetchElsewhere, server } from "../../examples/http-options.ts"
import middleware from "../../examples/middleware.ts"
import plugin from "../../examples/plugin.ts"
import progress from "../../examples/progress-and-logging.ts"
import sampling from "../../examples/sampling.ts"
import state from "../../examples/state.ts"
import { connect as connectTo } from "../../src/testing/index.ts"
import { deferred } from "../http/server.ts"
import { callForText, connect, read } from "./example.ts"

describe("asking.ts", () => {
  async function asked(...forms: readonly Record<string, string | number | boolean | string[]>[]) {
    const client = await connect(asking, {
      capabilities: { elicitation: { form: {}, url: {} }, roots: {} },
    })
    const left = [...forms]
    client.setRequestHandler("elicitation/create", () => {
      const content = left.shift()
      return content === undefined ? { action: "decline" } : { action: "accept", content }
    })
    client.setRequestHandler("roots/list", () => ({
      roots: [{ uri: "file:///a" }, { uri: "file:///b", name: "B" }],
    }))
    return client
  }

  it("asks for a form", async () => {
    expect(await callForText(await asked({ day: "2026-11-22", guests: 4 }), "book_table")).toBe(
      "Booked for 4 on 2026-11-22",
    )
    expect(await callForText(await asked(), "book_table")).toBe("No table then")
  })

  it("asks one question after the other", async () => {
    expect(await callForText(await asked({ answer: "4" }, { answer: "9" }), "quiz")).toBe("All right")
  })

  it("asks for one value, for choices and for a yes", async () => {
    const client = await asked({ value: "l" }, { value: ["red", "blue"] }, {})
    expect(await callForText(client, "order_shirt")).toBe("Ordered 1 of size l in red and blue")
    expect(await callForText(await asked({}), "empty_bin")).toBe("The bin is empty")
    expect(await callForText(await asked(), "empty_bin")).toBe("The bin was left as it is")
  })

  it("asks for a page that must come first", async () => {
    const client = await asked()
    client.setRequestHandler("elicitation/create", () => {
      tokens.set("ada", "secret")
      return { action: "accept" }
    })
    expect(await callForText(client, "calendar")).toBe("Read with secret")
  })

  it("asks for a visit, the folders and several at once", async () => {
    const client = await asked({})
    expect(await callForText(client, "pay")).toBe("The page was opened")
    expect(await callForText(client, "folders")).toBe('["file:///a","B"]')
    expect(await callForText(await asked({ name: "Ada" }), "introduce")).toBe("Ada works in 2 folders")
  })

  it("tells who was asked that an order is paid", async () => {
    const order = "0b9d4c52-6f0e-4a5e-9f0c-2f7d3c1e8a11"
    const heard = deferred<object>()
    await using client = await connectTo(asking, {
      revision: "2025-11-25",
      elicitation: () => ({ action: "accept" }),
      onNotification: heard.resolve,
    })
    expect(await client.callTool("pay_order", { order })).toMatchObject({
      content: [{ text: "The page was opened" }],
    })
    const paid = { method: "POST", body: JSON.stringify({ order }) }
    expect(await asking.fetch(new Request("http://127.0.0.1/paid", paid))).toMatchObject({ status: 204 })
    expect(await heard.promise).toMatchObject({ params: { elicitationId: order } })
  })

  it("asks by returning the question", async () => {
    const client = await asked({ sure: true })
    expect(await callForText(client, "confirm")).toBe('{"answer":"accept","state":{"asked":1}}')
  })
})

describe("sampling.ts", () => {
  /** A client whose model says one thing after the other: words, or the item it wants to look up. */
  async function thinking(...says: readonly (string | { readonly item: string })[]) {
    const client = await connect(sampling, { capabilities: { sampling: { tools: {} } } })
    const left = [...says]
    client.setRequestHandler("sampling/createMessage", () => {
      const said = left.shift() ?? ""
      const content =
        typeof said === "string"
          ? ({ type: "text", text: said } as const)
          : ({ type: "tool_use", id: "1", name: "stock", input: { ...said } } as const)
      return { role: "assistant", model: "any", content }
    })
    return client
  }

  it("asks for words", async () => {
    expect(await callForText(await thinking("Tea is back"), "headline", { article: "Tea was out" })).toBe(
      "Tea is back",
    )
  })

  it("asks for data", async () => {
    const client = await thinking('{"mood":"fine","why":"x"}', '{"mood":"good","why":"x"}')
    expect(await callForText(client, "judge", { review: "Nice" })).toBe('{"mood":"good","why":"x"}')
  })

  it("lets the model use tools, or says which it would", async () => {
    const question = { question: "Are there pens?" }
    expect(await callForText(await thinking({ item: "pen" }, "Twelve"), "advise", question)).toBe("Twelve")
    expect(await callForText(await thinking({ item: "pen" }), "plan", question)).toBe(
      '["stock {\\"item\\":\\"pen\\"}"]',
    )
  })

  it("answers where the client has no model", async () => {
    expect(await callForText(await connect(sampling), "headline", { article: "Tea" })).toBe(
      "I read 1 messages.",
    )
  })
})

describe("durable-tools.ts", () => {
  it("asks three questions and charges once", async () => {
    const client = await connect(durable, { capabilities: { elicitation: { form: {} } } })
    const left = [{ name: "Ada" }, { size: "m" }, {}]
    client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: left.shift() ?? {} }))
    expect(await callForText(client, "order", { amount: 5 })).toBe("Ada ordered m: receipt-1")
    expect([...charges.values()]).toEqual([5])
    expect(await callForText(client, "refund", { receipt: "receipt-1" })).toBe("Paid receipt-1 back")
  })
})

describe("state.ts", () => {
  it("counts the visits of a session", async () => {
    await using client = await connectTo(state, { era: "session" })
    await client.callTool("visit")
    expect(await client.callTool("visit")).toMatchObject({ content: [{ text: "Visit 2" }] })
  })

  it("keeps a cart under a handle", async () => {
    const client = await connect(state)
    const { session } = JSON.parse(await callForText(client, "create_session"))
    await callForText(client, "put", { session, item: "tea" })
    expect(await callForText(client, "put", { session, item: "milk" })).toBe('["tea","milk"]')
    await callForText(client, "end_session", { session })
    expect(await callForText(client, "put", { session, item: "tea" })).toContain("does not exist")
  })
})

describe("progress-and-logging.ts", () => {
  it("reports progress", async () => {
    const client = await connect(progress)
    const seen: unknown[] = []
    const onprogress = (report: unknown) => seen.push(report)
    await client.callTool({ name: "import", arguments: { files: ["a", "b"] } }, { onprogress })
    expect(seen).toEqual([
      { progress: 1, total: 2, message: "a" },
      { progress: 2, total: 2, message: "b" },
    ])
  })

  it("logs to clients that ask for it", async () => {
    const client = await connect(progress)
    const seen: unknown[] = []
    client.setNotificationHandler("notifications/message", ({ params }) => void seen.push(params))
    await client.callTool({ name: "backup", _meta: { "io.modelcontextprotocol/logLevel": "info" } })
    expect(seen).toEqual([
      { level: "warning", logger: "storage", data: { disk: "nearly full", percent: 91 } },
    ])
  })

  it("finds the context of the call from afar", async () => {
    expect(await callForText(await connect(progress), "whoami")).toBe("reader speaks 2026-07-28")
  })
})

describe("errors.ts", () => {
  it("speaks to the model, hides the rest and stops what takes too long", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined)
    onTestFinished(() => log.mockRestore())
    const client = await connect(errors)
    expect(await callForText(client, "buy", { item: "milk", amount: 1 })).toBe("We have no milk. Try tea.")
    expect(await callForText(client, "buy", { item: "tea", amount: 5 })).toBe("Only 3 of tea are left.")
    expect(await callForText(client, "crash")).toBe("Error calling tool 'crash'")
    expect(log.mock.calls[0]?.slice(0, 2)).toEqual(["error", "Error calling tool 'crash'"])
    expect(await callForText(client, "slow")).toContain("did not finish within 20 ms")
  })
})

describe("middleware.ts", () => {
  it("leaves a user for handlers, answers by itself and sees every call", async () => {
    const client = await connect(middleware, { headers: { "x-user": "Ada" } })
    expect(await callForText(client, "greet")).toBe("Hello, Ada!")
    expect(await callForText(client, "work")).toBe("Not today")
    expect(await callForText(client, "durations")).toContain("tools/call complete")
  })
})

describe("plugin.ts", () => {
  it("adds a method, a route, a capability and an eye on every call", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined)
    onTestFinished(() => log.mockRestore())
    const client = await connect(plugin)
    expect(client.getServerCapabilities()?.extensions).toEqual({
      "com.example/polls": { options: ["tea", "coffee"] },
    })
    expect(await vote("tea")).toMatchObject({ result: { votes: 1 } })
    expect(await vote("water")).toMatchObject({ error: { code: -32602, message: "There is no `water`." } })
    const votes = await plugin.fetch(new Request("http://localhost/votes"))
    expect(await votes.json()).toEqual({ tea: 1 })
    expect(log.mock.calls).toContainEqual(["com.example/vote", "failure"])
  })

  async function vote(option: string): Promise<unknown> {
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": {},
    }
    const method = "com.example/vote"
    const headers = {
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
    }
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { option, _meta } })
    const answer = await plugin.fetch(new Request("http://localhost/mcp", { method: "POST", headers, body }))
    return answer.json()
  }
})

describe("authentication.ts", () => {
  const as = (token: string) => connect(authentication, { headers: { authorization: `Bearer ${token}` } })

  it("knows who calls and hides what is not for them", async () => {
    const [ada, bob] = [await as("ada-token"), await as("bob-token")]
    expect(await callForText(ada, "whoami")).toBe("ada")
    expect(await callForText(ada, "erase")).toBe("All notes are gone")
    const { tools: bobs } = await bob.listTools()
    expect(bobs.map(({ name }) => name)).toEqual(["whoami"])
    expect(await read(bob, "notes://all")).toEqual({ "notes://all": '["Buy tea"]' })
  })

  it("turns strangers away", async () => {
    await expect(as("stolen")).rejects.toThrow()
  })
})

describe("http-options.ts", () => {
  const get = (path: string, init?: RequestInit) => http.fetch(new Request(`http://localhost${path}`, init))

  it("serves routes and its health", async () => {
    expect((await get("/healthz")).status).toBe(200)
    expect(await (await get("/version")).json()).toEqual({ version: "1.0.0" })
    expect(await (await get("/metrics")).text()).toBe("calls 1\n")
  })

  it("lets pages of one origin read answers, and no others", async () => {
    const preflight = (origin: string) =>
      get("/mcp", { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } })
    const own = await preflight("https://app.example.com")
    expect(own.headers.get("access-control-allow-origin")).toBe("https://app.example.com")
    const foreign = await preflight("https://evil.example.com")
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull()
  })

  it("answers in a server that the user made", async () => {
    expect(server).toBeInstanceOf(Object.getPrototypeOf(createServer()).constructor)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    onTestFinished(() => void server.close())
    // It listens on a port.
    const { port } = server.address() as AddressInfo
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  })

  it("answers at another path too", async () => {
    const answer = await fetchElsewhere(new Request("http://localhost/v2/mcp"))
    expect(answer.status).toBe(400)
  })
})
