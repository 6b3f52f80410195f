import { expect, it } from "vitest"
import { createPrincipal, tool, UrlElicitationRequired } from "../../src/index.ts"
import { features } from "../../src/spec/features.ts"
import type { ElicitRequestParams } from "../../src/spec/index.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { turn } from "../http/entries.ts"
import { deferred } from "../http/server.ts"
import { describeEras } from "./eras.ts"
import { places } from "./places.ts"
import { strictErrors } from "./strict-schema.ts"
import { everyTransport, memory } from "./transports.ts"

const page = { message: "Sign in", url: "https://example.com/sign-in" }

/** Somebody who opens pages, as long as there are answers left. */
function visitor(...actions: readonly ("accept" | "decline" | "cancel")[]) {
  const asked: ElicitRequestParams[] = []
  const left = [...actions]
  const elicitation = (params: ElicitRequestParams) => {
    asked.push(params)
    return { action: left.shift() ?? "cancel" }
  }
  return { asked, elicitation }
}

describeEras(
  "a page that was visited",
  (t) => {
    it("is told to be done where the revision wants to know", async () => {
      const mcp = t.server()
      mcp.tool({ name: "pay" }, async (_, ctx) => {
        const answer = await ctx.elicitUrl("Pay", "https://example.com/pay")
        answer.complete()
        return answer.action
      })
      const { asked, elicitation } = visitor("accept")
      const heard: object[] = []
      const client = await t.connect(mcp, { elicitation, onNotification: (one) => heard.push(one) })
      expect(await client.callTool("pay")).toMatchObject({ content: [{ text: "accept" }] })
      const [question] = asked
      const { elicitationId } = question as { readonly elicitationId?: string }
      const method = "notifications/elicitation/complete"
      expect(heard).toEqual(features[t.revision].elicitationId ? [{ method, params: { elicitationId } }] : [])
      for (const params of heard.map((one) => ({ jsonrpc: "2.0", ...one })))
        expect(strictErrors(t.revision, "ElicitationCompleteNotification", params)).toEqual([])
    })
  },
  { knows: (revision) => features[revision].elicitation.includes("url") },
)

const done = "notifications/elicitation/complete"
const knowsIds = (revision: keyof typeof features) => features[revision].elicitationId

describeEras(
  "a page that is known to be done when the call is over",
  (t) => {
    it("is told to the session that was asked", async () => {
      const mcp = t.server()
      mcp.tool({ name: "pay" }, async (_, ctx) => {
        const options = { elicitationId: "order-7" }
        return (await ctx.elicitUrl("Pay", "https://example.com/pay", options)).action
      })
      const heard = deferred<object>()
      const { asked, elicitation } = visitor("accept")
      const client = await t.connect(mcp, { elicitation, onNotification: heard.resolve })
      await client.callTool("pay")
      mcp.elicitationComplete("order-7")
      expect(await heard.promise).toEqual({ method: done, params: { elicitationId: "order-7" } })
      expect(asked).toMatchObject([{ elicitationId: "order-7" }])
    })

    it("is told to the session that was answered with error -32042", async () => {
      const mcp = t.server()
      mcp.tool({ name: "sign_in" }, () => {
        throw new UrlElicitationRequired([page, { ...page, elicitationId: "mine" }])
      })
      const heard = deferred<object>()
      const { elicitation } = visitor()
      const client = await t.connect(mcp, { elicitation, onNotification: heard.resolve })
      await expect(client.callTool("sign_in")).rejects.toMatchObject({ error: { code: -32042 } })
      mcp.elicitationComplete("mine")
      expect(await heard.promise).toEqual({ method: done, params: { elicitationId: "mine" } })
    })
  },
  { knows: knowsIds },
)

describeEras(
  "a page that is done",
  (t) => {
    it("is told to nobody else, not even of the same principal", async () => {
      const mcp = t.server()
      mcp.tool({ name: "pay" }, async (_, ctx) => {
        const options = { elicitationId: "order-7", key: "pay" }
        return (await ctx.elicitUrl("Pay", "https://example.com/pay", options)).action
      })
      const principal = await createPrincipal({ subject: "ada" })
      const heard: object[] = []
      const { elicitation } = visitor("accept")
      const [asked] = await Promise.all(
        [1, 2].map((name) =>
          t.connect(mcp, {
            principal,
            elicitation,
            onNotification: ({ method }) => heard.push([name, method]),
          }),
        ),
      )
      await asked?.callTool("pay")
      mcp.elicitationComplete("order-7")
      mcp.elicitationComplete("order-8")
      for (let n = 0; n < 10; n++) await turn()
      expect(heard).toEqual(knowsIds(t.revision) ? [[1, done]] : [])
    })
  },
  { knows: (revision) => features[revision].elicitation.includes("url"), over: [memory] },
)

describeEras(
  "the id of a page",
  (t) => {
    it("is told to no client whose revision has none", async () => {
      const mcp = t.server()
      mcp.tool({ name: "pay" }, async (_, ctx) => {
        const options = { elicitationId: "order-7" }
        return (await ctx.elicitUrl("Pay", "https://example.com/pay", options)).action
      })
      const { asked, elicitation } = visitor("accept")
      await (await t.connect(mcp, { elicitation })).callTool("pay")
      expect(asked).toEqual([{ mode: "url", message: "Pay", url: "https://example.com/pay" }])
    })
  },
  { knows: isStateless, over: [memory] },
)

const title = "a call that needs a page to be visited first"

describeEras(
  title,
  (t) => {
    it.each(places)("is refused until it was, in a $name", async (place) => {
      let isSignedIn = false
      const mcp = t.server()
      place.add(mcp, async () => {
        if (!isSignedIn) throw new UrlElicitationRequired([page])
        return "welcome"
      })
      const client = await t.connect(mcp, { elicitation: visitor().elicitation })
      expect(await place.call(client)).toContain("`https://example.com/sign-in`")
      isSignedIn = true
      expect(await place.call(client)).toBe("welcome")
    })
  },
  { knows: (revision) => features[revision].elicitationId },
)

describeEras(
  title,
  (t) => {
    it.each(places)("asks for it, and runs again when it was, in a $name", async (place) => {
      let runs = 0
      const mcp = t.server()
      place.add(mcp, async () => {
        if (++runs < 3) throw new UrlElicitationRequired([page])
        return "welcome"
      })
      const { asked, elicitation } = visitor("accept", "accept")
      expect(await place.call(await t.connect(mcp, { elicitation }))).toBe("welcome")
      expect(asked).toEqual([
        { mode: "url", ...page },
        { mode: "url", ...page },
      ])
    })

    it.each(places)("fails when the person would not, in a $name", async (place) => {
      const mcp = t.server()
      place.add(mcp, async () => {
        throw new UrlElicitationRequired([page])
      })
      const { asked, elicitation } = visitor("decline")
      expect(await place.call(await t.connect(mcp, { elicitation }))).toContain("before a page was visited")
      expect(asked).toHaveLength(1)
    })
  },
  { knows: isStateless },
)

describeEras(title, (t) => {
  it.each(places)("fails where clients know no such pages, in a $name", async (place) => {
    const mcp = t.server()
    place.add(mcp, async () => {
      throw new UrlElicitationRequired([page])
    })
    expect(await place.call(await t.connect(mcp))).toContain(
      "needs the client's capability `elicitation.url`",
    )
  })
})

describeEras(
  "error -32042",
  (t) => {
    it("is as published, and needs no session", async () => {
      const mcp = t.server()
      mcp.tool({ name: "sign_in" }, () => {
        throw new UrlElicitationRequired([page, { ...page, elicitationId: "mine" }])
      })
      const client = await t.connect(mcp, { elicitation: visitor().elicitation })
      const failure = await client.callTool("sign_in").catch((error: { error: object }) => error.error)
      expect(failure).toEqual({
        code: -32042,
        message: expect.any(String),
        data: {
          elicitations: [
            { mode: "url", ...page, elicitationId: expect.any(String) },
            { mode: "url", ...page, elicitationId: "mine" },
          ],
        },
      })
      const response = { jsonrpc: "2.0", id: 1, error: failure }
      expect(strictErrors(t.revision, "URLElicitationRequiredError", response)).toEqual([])
    })

    it("is thrown by a tool that a model uses, too", async () => {
      const signIn = tool({ name: "sign_in" }, () => {
        throw new UrlElicitationRequired([page])
      })
      const content = { type: "tool_use", id: "1", name: "sign_in", input: {} } as const
      const handler = () => ({ role: "assistant", model: "m", content }) as const
      const mcp = t.server({ sampling: { handler } })
      mcp.tool(
        { name: "think" },
        async (_, ctx) => (await ctx.sample({ messages: "?", tools: [signIn] })).text,
      )
      const client = await t.connect(mcp, { elicitation: visitor().elicitation })
      await expect(client.callTool("think")).rejects.toMatchObject({ error: { code: -32042 } })
    })

    it("is thrown by a tool that another one calls, too", async () => {
      const mcp = t.server()
      mcp.tool({ name: "sign_in" }, async () => {
        throw new UrlElicitationRequired([page])
      })
      mcp.tool({ name: "outer" }, (_, ctx) => ctx.callTool("sign_in"))
      const client = await t.connect(mcp, { elicitation: visitor().elicitation })
      await expect(client.callTool("outer")).rejects.toMatchObject({ error: { code: -32042 } })
    })
  },
  { knows: (revision) => features[revision].elicitationId, over: everyTransport },
)

it.each(["javascript:alert(1)", "file:///etc/passwd", "/relative"])("is no page to visit: %s", (url) => {
  expect(() => new UrlElicitationRequired([{ message: "Sign in", url }])).toThrow(
    expect.objectContaining({ code: "NOT_A_WEB_PAGE" }),
  )
})

describeEras(
  "a page that another tool needs",
  (t) => {
    it("is asked for by the call of the client", async () => {
      let isSignedIn = false
      const mcp = t.server()
      mcp.tool({ name: "sign_in" }, () => {
        if (!isSignedIn) throw new UrlElicitationRequired([page])
        return "welcome"
      })
      mcp.tool({ name: "outer" }, (_, ctx) => ctx.callTool("sign_in"))
      const client = await t.connect(mcp, {
        elicitation: () => {
          isSignedIn = true
          return { action: "accept" }
        },
      })
      expect(await client.callTool("outer")).toMatchObject({ content: [{ text: "welcome" }] })
    })
  },
  { knows: isStateless, over: [memory] },
)
