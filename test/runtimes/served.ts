import { Client, type ClientOptions, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { startNode } from "../http/entries.ts"
import { callTool, type HttpRequest } from "../http/messages.ts"

/** The server of `fixtures/components.ts`, served by something. */
export interface Served {
  /** Where it listens: `http://127.0.0.1:3000`. */
  readonly origin: string
  stop(): Promise<void>
}

export interface ServedOptions {
  /** The path of the endpoint. Default `/mcp`. */
  readonly path?: string
  /** Whether clients of older revisions get sessions. Default `true`. */
  readonly hasSessions?: boolean
  /** Whether the server itself checks hosts. Default `true`. */
  readonly checksHosts?: boolean
}

const eras = {
  stateless: { versionNegotiation: { mode: { pin: "2026-07-28" } } },
  sessions: { versionNegotiation: { mode: "legacy" } },
} as const satisfies { readonly [era: string]: ClientOptions }

/** Declares the tests that hold for the server whoever serves it, by the official client and by hand. */
export function describeServed(
  name: string,
  serve: () => Promise<Served>,
  options: ServedOptions = {},
): void {
  const { path = "/mcp", hasSessions = true, checksHosts = true } = options
  describe(name, () => {
    let served: Served | undefined
    beforeAll(async () => {
      served = await serve()
    })
    afterAll(() => served?.stop())
    const origin = () => served?.origin ?? ""

    async function connect(era: keyof typeof eras, more: ClientOptions = {}) {
      const client = new Client({ name: "reader", version: "1.0.0" }, { ...eras[era], ...more })
      const transport = new StreamableHTTPClientTransport(new URL(origin() + path))
      onTestFinished(() => client.close())
      await client.connect(transport)
      return { client, transport }
    }

    describe.each(["stateless", "sessions"] as const)("a client of the era %s", (era) => {
      it("calls tools, reads resources and gets prompts", async () => {
        const { client } = await connect(era)
        const { tools } = await client.listTools()
        expect(tools.map((tool) => tool.name)).toContain("add")
        expect(await textOf(client, "add", { a: 1, b: 2 })).toBe("3")
        const { contents } = await client.readResource({ uri: "docs://guide" })
        expect(contents).toMatchObject([{ text: "About guide" }])
        const { messages } = await client.getPrompt({ name: "review", arguments: { code: "1" } })
        expect(messages).toMatchObject([{ content: { text: "Review 1" } }])
      })

      it("is known to what runs after an await", async () => {
        const { client } = await connect(era)
        expect(await textOf(client, "whoami")).toBe(
          era === "sessions" && !hasSessions ? "undefined" : "reader",
        )
      })

      it("hears of progress", async () => {
        const { client } = await connect(era)
        const seen: number[] = []
        const onprogress = ({ progress }: { readonly progress: number }) => void seen.push(progress)
        await client.callTool({ name: "steps", arguments: { steps: 3 } }, { onprogress })
        expect(seen).toEqual([1, 2, 3])
      })

      it("is asked", async () => {
        const { client } = await connect(era, { capabilities: { elicitation: { form: {} } } })
        client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { name: "Ada" } }))
        const canAsk = era === "stateless" || hasSessions
        expect(await textOf(client, "ask")).toMatch(canAsk ? /^Hello, Ada$/ : /needs a session/)
      })
    })

    it("tells a client of changes while it listens", async () => {
      const { client } = await connect("stateless")
      const updated = new Promise((resolve) => {
        client.setNotificationHandler("notifications/resources/updated", ({ params }) => resolve(params.uri))
      })
      await client.listen({ resourceSubscriptions: ["docs://guide"] })
      await client.callTool({ name: "touch" })
      expect(await updated).toBe("docs://guide")
    })

    it("aborts the call of a client that leaves", async () => {
      const { client } = await connect("stateless")
      const before = Number(await textOf(client, "left"))
      const request = callTool("wait", { ms: 25_000 }, { meta: { progressToken: 1 }, path })
      const leaving = new AbortController()
      const init = { ...toInit(request), signal: leaving.signal }
      const { body } = await fetch(origin() + path, init)
      await body?.getReader().read()
      leaving.abort()
      await vi.waitFor(async () => expect(Number(await textOf(client, "left"))).toBe(before + 1), {
        timeout: 10_000,
      })
    })

    it("answers by hand, and refuses other paths, origins and hosts", async () => {
      const send = (request: HttpRequest) =>
        startNode(Number(new URL(origin()).port), request).answer.then(({ status }) => status)
      const add = callTool("add", { a: 1, b: 2 }, { path })
      const withHeaders = (headers: object) => ({ ...add, headers: { ...add.headers, ...headers } })
      expect(await send(add)).toBe(200)
      expect(await send(withHeaders({ origin: "https://evil.example" }))).toBe(403)
      expect(await send(withHeaders({ host: "evil.example" }))).toBe(checksHosts ? 403 : 200)
    })

    it("has sessions that hear of changes and end", async () => {
      if (!hasSessions) {
        const { status } = await fetch(origin() + path, { headers: { accept: "text/event-stream" } })
        expect(status).toBe(405)
        return
      }
      const { client, transport } = await connect("sessions")
      expect(transport.sessionId).toBeDefined()
      const updated = new Promise((resolve) => {
        client.setNotificationHandler("notifications/resources/updated", ({ params }) => resolve(params.uri))
      })
      await client.subscribeResource({ uri: "docs://guide" })
      await client.callTool({ name: "touch" })
      expect(await updated).toBe("docs://guide")
      const headers = { "mcp-session-id": transport.sessionId ?? "" }
      await transport.terminateSession()
      const ended = await fetch(origin() + path, { headers: { ...headers, accept: "text/event-stream" } })
      expect(ended.status).toBe(404)
    })
  })
}

/** Calls a tool and gives the text of its answer. */
async function textOf(client: Client, name: string, args: Record<string, unknown> = {}): Promise<string> {
  const { content } = await client.callTool({ name, arguments: args })
  return content.map((block) => (block.type === "text" ? block.text : block.type)).join("\n")
}

function toInit({ method, headers, body }: HttpRequest): RequestInit {
  // Requests of `messages.ts` have texts for bodies, and leave no header out.
  return { method, headers, body } as RequestInit
}
