import { expect, it, vi } from "vitest"
import {
  contextKey,
  createPrincipal,
  definePlugin,
  type FleetMCP,
  type FleetMCPOptions,
  inputRequired,
  type LogRecord,
  memoryEventBus,
  type Principal,
  requireScopes,
} from "../../src/index.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import type { Notification, TestClient } from "../../src/testing/index.ts"
import { turn } from "../http/entries.ts"
import { describeEras } from "./eras.ts"
import { places } from "./places.ts"
import { everyTransport, memory, transports } from "./transports.ts"

const uri = "docs://guide"
const [ada, bob] = await Promise.all(
  ["ada", "bob"].map((subject) => createPrincipal({ subject, scopes: subject === "ada" ? ["secret"] : [] })),
)

/** Listens, and gives what is heard. */
async function listening(client: TestClient): Promise<string[]> {
  const heard: string[] = []
  const filter = { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: [uri] }
  await client.listen(filter, ({ method, params }) => {
    heard.push(typeof params.uri === "string" ? params.uri : method)
  })
  return heard
}

/** What was heard once all that can happen has happened. Different changes come in any order. */
async function settled(heard: readonly string[][]): Promise<readonly string[][]> {
  for (let n = 0; n < 10; n++) await turn()
  return heard.map((each) => each.toSorted())
}

/** What was heard once all have heard what is told to all, over whichever wire. */
async function heardBefore(mcp: FleetMCP, heard: readonly string[][]): Promise<readonly string[][]> {
  mcp.listChanged("prompt")
  await vi.waitFor(() => {
    for (const each of heard) expect(each).toContain(toAll)
  })
  return heard.map((each) => each.filter((one) => one !== toAll).toSorted())
}

const toAll = "notifications/prompts/list_changed"

function withDocs(mcp: FleetMCP): FleetMCP {
  mcp.resource(uri, () => "text")
  mcp.prompt("read", () => "text")
  mcp.tool({ name: "tell_me" }, (_, ctx) => {
    mcp.resourceUpdated(uri, { to: ctx })
    mcp.listChanged("tool", { to: [ctx] })
    return "told"
  })
  return mcp
}

const told = [uri, "notifications/tools/list_changed"]

describeEras(
  "a change",
  (t) => {
    it("is told to all who listen", async () => {
      const mcp = withDocs(t.server())
      const [one, other] = [await t.connect(mcp), await t.connect(mcp)]
      const heard = [await listening(one), await listening(other)]
      mcp.resourceUpdated(uri)
      mcp.listChanged("tool")
      expect(await settled(heard)).toEqual([told, told])
    })

    it("is told to one principal", async () => {
      const mcp = withDocs(t.server())
      const heard = await Promise.all(
        [ada, bob, undefined].map(async (principal) =>
          listening(await t.connect(mcp, principal && { principal })),
        ),
      )
      mcp.resourceUpdated(uri, { to: ada as NonNullable<typeof ada> })
      expect(await settled(heard)).toEqual([[uri], [], []])
    })

    it("is told to nobody, and not to all, where its audience is nobody", async () => {
      const mcp = withDocs(t.server())
      const heard = await listening(await t.connect(mcp))
      // What `ctx.auth` is of a caller whom nobody knows.
      const to = undefined as unknown as NonNullable<typeof ada>
      expect(() => mcp.resourceUpdated(uri, { to })).toThrow("`to`")
      expect(() => mcp.listChanged("tool", { to })).toThrow("`to`")
      expect(await settled([heard])).toEqual([[]])
    })

    it("is told to nobody who may not read what has changed", async () => {
      const mcp = t.server()
      mcp.resource({ uri, auth: requireScopes("secret") }, () => "text")
      const heard = await Promise.all(
        [ada, bob, undefined].map(async (principal) =>
          listening(await t.connect(mcp, principal && { principal })),
        ),
      )
      mcp.resourceUpdated(uri)
      expect(await settled(heard)).toEqual([[uri], [], []])
    })
  },
  { over: [memory] },
)

describeEras(
  "a change for the session of a call",
  (t) => {
    it("is told to that session alone, though others are of the same principal", async () => {
      const mcp = withDocs(t.server())
      const options = { principal: ada as NonNullable<typeof ada> }
      const [one, other] = [await t.connect(mcp, options), await t.connect(mcp, options)]
      const heard = [await listening(one), await listening(other)]
      await one.callTool("tell_me")
      expect(await settled(heard)).toEqual([told, []])
    })
  },
  { over: [memory], knows: (revision) => !isStateless(revision) },
)

describeEras(
  "a change for the session of a call, over a wire,",
  (t) => {
    it("is told to that session alone", async () => {
      const mcp = withDocs(t.server())
      const [one, other] = [await t.connect(mcp), await t.connect(mcp)]
      const heard = [await listening(one), await listening(other)]
      await one.callTool("tell_me")
      expect(await heardBefore(mcp, heard)).toEqual([told, []])
    })
  },
  { knows: (revision) => !isStateless(revision) },
)

describeEras(
  "a change for a principal, over HTTP,",
  (t) => {
    it("is told to nobody else, at whichever of several servers they listen", async () => {
      const bus = memoryEventBus()
      const people = [ada, bob] as const
      const servers = people.map((one) =>
        withDocs(t.server({ bus, auth: { authenticate: () => one as Principal } })),
      )
      const heard = await Promise.all(servers.map(async (mcp) => listening(await t.connect(mcp))))
      const [first] = servers as [FleetMCP]
      first.resourceUpdated(uri, { to: bob as Principal })
      expect(await heardBefore(first, heard)).toEqual([[], [uri]])
    })
  },
  { over: transports.filter(({ kind }) => kind === "http") },
)

describeEras(
  "a change for the principal of a call",
  (t) => {
    it("is told to all that the principal listens with", async () => {
      const mcp = withDocs(t.server())
      const clients = await Promise.all(
        [ada, ada, bob].map((principal) => t.connect(mcp, principal && { principal })),
      )
      const heard = await Promise.all(clients.map(listening))
      await clients[0]?.callTool("tell_me")
      expect(await settled(heard)).toEqual([told, told, []])
    })

    it("is refused where nobody is known", async () => {
      const client = await t.connect(withDocs(t.server()))
      expect(JSON.stringify(await client.callTool("tell_me"))).toContain("`to`")
    })
  },
  { over: [memory], knows: isStateless },
)

describeEras("a log level", (t) => {
  it("is that of the session, or of the request, and nothing less severe is sent", async () => {
    const mcp = t.server()
    mcp.tool({ name: "logs" }, (_, { log }) => {
      log.debug("1")
      log.notice("2")
      log.warning("3")
      log.emergency("4", "disk")
      return "done"
    })
    const heard: unknown[] = []
    const client = await t.connect(mcp, {
      logLevel: "warning",
      onLog: ({ data, logger }) => heard.push([data, logger]),
    })
    await client.callTool("logs")
    expect(heard).toEqual([
      ["3", undefined],
      ["4", "disk"],
    ])
    if (!isStateless(t.revision)) await client.request("logging/setLevel", { level: "emergency" })
    const options = isStateless(t.revision) ? { logLevel: "emergency" as const } : {}
    heard.length = 0
    await client.callTool("logs", {}, options)
    expect(heard).toEqual([["4", "disk"]])
  })
})

describeEras("progress", (t) => {
  /** What a client hears of a tool that tells that so much of 5 is done. */
  async function heard(done: readonly number[], options: FleetMCPOptions = {}): Promise<readonly number[]> {
    const mcp = t.server(options)
    mcp.tool({ name: "work" }, (_, ctx) => {
      for (const each of done) ctx.progress(each, 5)
      return "done"
    })
    const told: number[] = []
    const client = await t.connect(mcp, { onProgress: ({ progress }) => told.push(progress) })
    await client.callTool("work")
    return told
  }

  it("that does not increase is not told", async () => {
    expect(await heard([2, 1, 2, 3])).toEqual([2, 3])
  })

  it("that is throttled is told at once, and when all is done", async () => {
    expect(await heard([1, 2, 3, 4, 5], { progressMs: 60_000 })).toEqual([1, 5])
  })

  it("is sent as it increases, in numbers and words", async () => {
    const mcp = t.server()
    mcp.tool({ name: "work" }, (_, ctx) => {
      const progress = ctx.progress as (...odd: readonly unknown[]) => void
      for (const done of [1, 1, 0, Number.NaN, Number.POSITIVE_INFINITY, "0x10", [2], null]) progress(done)
      progress(3, Number.NaN, () => "words")
      progress(4, "5", { toString: () => "words" })
      progress(5, 5)
      return "done"
    })
    const told: object[] = []
    const client = await t.connect(mcp, {
      onProgress: ({ progressToken: _, ...said }) => told.push(said),
    })
    await client.callTool("work")
    expect(told).toEqual([{ progress: 1 }, { progress: 3 }, { progress: 4 }, { progress: 5, total: 5 }])
  })
})

describeEras(
  "what a handler logs",
  (t) => {
    it.each(places)("is in the server's own log too where it is mirrored, of a $name", async (place) => {
      const own: unknown[] = []
      const log = ({ level, message }: LogRecord) => void own.push([level, message])
      const mcp = t.server({ log, mirrorLogs: true })
      place.add(mcp, async (ctx) => {
        ctx.log.warning("full", "disk")
        return "done"
      })
      await place.call(await t.connect(mcp))
      expect(own).toContainEqual(["warning", "disk: full"])
    })
  },
  { over: everyTransport },
)

describeEras("a notification of an extension", (t) => {
  const clock = definePlugin({ id: "com.example/clock", clientNotifications: ["com.example/tick"] })

  it.each(places)("is heard by a client that knows it, of a $name", async (place) => {
    const mcp = t.server({ plugins: [clock] })
    place.add(mcp, async (ctx) => {
      await ctx.notify("com.example/tick", { at: 1 })
      return "done"
    })
    const heard: Notification[] = []
    const capabilities = { extensions: { "com.example/clock": {} } }
    const client = await t.connect(mcp, { capabilities, onNotification: (one) => heard.push(one) })
    await place.call(client)
    expect(heard).toEqual([{ method: "com.example/tick", params: { at: 1 } }])
  })

  it.each(places)("is refused where the client does not know it, of a $name", async (place) => {
    const mcp = t.server({ plugins: [clock] })
    place.add(mcp, async (ctx) => {
      await ctx.notify("com.example/tick")
      return "done"
    })
    expect(await place.call(await t.connect(mcp))).toContain("com.example/clock")
  })
})

describeEras("a request", (t) => {
  it.each(places)("is known with its client, in a $name", async (place) => {
    const mcp = t.server()
    place.add(mcp, async ({ client: { info, capabilities }, request: { id, revision } }) =>
      JSON.stringify([info?.name, capabilities.roots !== undefined, typeof id, revision]),
    )
    const client = await t.connect(mcp, { clientInfo: { name: "abacus", version: "1" }, roots: [] })
    expect(JSON.parse(await place.call(client))).toEqual(["abacus", true, "number", t.revision])
  })

  it.each(places)("has what middleware leaves for it alone, in a $name", async (place) => {
    const nth = contextKey<number>("nth")
    let count = 0
    const mcp = t.server({
      middleware: [
        {
          request(call, next) {
            call.set(nth, ++count)
            return next()
          },
        },
      ],
    })
    place.add(mcp, async (ctx) => {
      const before = ctx.require(nth)
      await turn()
      return String(ctx.require(nth) === before)
    })
    const client = await t.connect(mcp)
    expect(await Promise.all([place.call(client), place.call(client)])).toEqual(["true", "true"])
  })
})

describeEras(
  "a request over HTTP",
  (t) => {
    it("has headers, and apart from them those that prove who calls", async () => {
      const mcp = t.server()
      mcp.tool({ name: "see" }, (_, { request: { headers, credentials } }) =>
        ["x-tenant", "authorization"].map((name) => [headers?.get(name), credentials?.get(name)]).join(" "),
      )
      const client = await t.connect(mcp, { headers: { "x-tenant": "a", authorization: "Bearer b" } })
      expect(await client.callTool("see")).toMatchObject({ content: [{ text: "a, ,Bearer b" }] })
    })
  },
  { knows: isStateless, over: everyTransport.filter(({ kind }) => kind.startsWith("http")) },
)

describeEras(
  "progress of a handler that runs again within one request",
  (t) => {
    it("goes on increasing", async () => {
      const mcp = t.server()
      mcp.tool({ name: "work" }, (_, ctx) => {
        const isAnswered = ctx.inputResponses !== undefined
        for (const done of isAnswered ? [1, 2, 3, 4] : [1, 2]) ctx.progress(done)
        const params = { messages: [], maxTokens: 1 }
        return isAnswered
          ? "done"
          : inputRequired({ requests: { who: { method: "sampling/createMessage", params } } })
      })
      const told: number[] = []
      const client = await t.connect(mcp, {
        sampling: () => "Ada",
        onProgress: ({ progress }) => told.push(progress),
      })
      expect(await client.callTool("work")).toMatchObject({ content: [{ text: "done" }] })
      expect(told).toEqual([1, 2, 3, 4])
    })
  },
  { knows: (revision) => !isStateless(revision) },
)

describeEras("a request", (t) => {
  it("knows what carries it", async () => {
    const mcp = t.server()
    mcp.tool({ name: "see" }, (_, { request }) => String(request.transport))
    mcp.tool({ name: "nested" }, async (_, ctx) => (await ctx.callTool("see")).content)
    const client = await t.connect(mcp)
    const expected = { memory: "memory", lines: "stdio", http: "http" }[t.transport as "memory"]
    expect(await client.callTool("see")).toMatchObject({ content: [{ text: expected }] })
    expect(JSON.stringify(await client.callTool("nested"))).toContain(expected)
  })
})
