import * as z from "zod"
import { image } from "../../src/components/content.ts"
import { requireScopes } from "../../src/components/require-scopes.ts"
import { ToolError } from "../../src/errors/tool.ts"
import type { FleetMCP } from "../../src/fleet-mcp.ts"

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Registers components of every kind that a request can reach. */
export function register(mcp: FleetMCP): FleetMCP {
  registerTools(mcp)
  registerSlowTools(mcp)
  registerResources(mcp)
  mcp.prompt({ name: "plain" }, () => "Say hello")
  mcp.prompt(
    {
      name: "review",
      args: z.object({ code: z.string(), lines: z.number().optional() }),
      complete: { code: (value) => [`${value}b`, `${value}c`] },
    },
    ({ code }) => `Review ${code}`,
  )
  return mcp
}

function registerTools(mcp: FleetMCP): void {
  mcp.tool(
    { name: "add", input: z.object({ a: z.number(), b: z.number() }), output: z.number() },
    ({ a, b }) => a + b,
  )
  mcp.tool({ name: "echo", input: z.object({ value: z.unknown() }) }, ({ value }) => ({ value }))
  mcp.tool(
    {
      name: "user",
      input: z.strictObject({
        name: z.string().min(1).max(50),
        address: z.object({ city: z.string(), tags: z.array(z.string()).max(10) }),
        role: z.enum(["admin", "guest"]).default("guest"),
      }),
    },
    (user) => user,
  )
  mcp.tool({ name: "lenient", input: z.object({ count: z.number(), flag: z.boolean() }) }, (args) => args)
  mcp.tool({ name: "media" }, () => ["a text", image(png, { mimeType: "image/png" })])
  mcp.tool(
    {
      name: "region",
      input: z.object({ region: z.string(), zone: z.number().int() }),
      headers: { region: "Region", zone: "Zone" },
    },
    ({ region }) => region,
  )
  mcp.tool({ name: "guarded", auth: requireScopes("admin") }, () => "secret")
  mcp.tool({ name: "boom", input: z.object({ kind: z.string() }) }, ({ kind }) => {
    if (kind === "tool") throw new ToolError("as meant")
    throw kind === "error" ? new TypeError("not as meant") : kind
  })
}

function registerSlowTools(mcp: FleetMCP): void {
  mcp.tool({ name: "steps", input: z.object({ steps: z.number() }) }, ({ steps }, ctx) => {
    for (let step = 1; step <= Math.min(steps, 50); step++) ctx.progress(step, steps)
    return "done"
  })
  mcp.tool({ name: "log", input: z.object({ text: z.string() }) }, async ({ text }, ctx) => {
    ctx.log.info(text)
    await pause(1)
    ctx.log.warning({ text })
    return text.length
  })
  mcp.tool({ name: "yields", input: z.object({ count: z.number() }) }, async function* ({ count }) {
    for (let n = 0; n < Math.min(count, 20); n++) yield `line ${n}`
  })
  mcp.tool({ name: "sleep", input: z.object({ ms: z.number() }) }, async ({ ms }) => {
    await pause(ms)
    return "slept"
  })
  mcp.tool({ name: "late", input: z.object({ ms: z.number() }) }, async ({ ms }, ctx) => {
    ctx.progress(1)
    await pause(ms)
    ctx.progress(2)
    return ctx.signal.aborted ? "aborted" : "done"
  })
  mcp.tool({ name: "poll", input: z.object({ text: z.string() }) }, async ({ text }, ctx) => {
    ctx.progress(1)
    ctx.closeStream(1)
    await pause(1)
    ctx.progress(2)
    return text
  })
  mcp.tool({ name: "change" }, () => {
    mcp.resourceUpdated("data://plain")
    return "changed"
  })
  mcp.tool({ name: "ask", input: z.object({ question: z.string() }) }, async ({ question }, ctx) => {
    const answer = await ctx.elicit(question, z.object({ name: z.string() }))
    const roots = await ctx.roots()
    return `${answer.action} ${roots.length}`
  })
  mcp.tool({ name: "nested", input: z.object({ depth: z.number() }) }, async ({ depth }, ctx) => {
    const inner =
      depth > 0 ? ctx.callTool("nested", { depth: Math.min(depth, 4) - 1 }) : ctx.readResource("data://plain")
    return JSON.stringify(await inner).length
  })
}

function registerResources(mcp: FleetMCP): void {
  mcp.resource("data://plain", () => "text")
  mcp.resource({ uri: "data://bytes", mimeType: "image/png" }, () => png)
  mcp.resource("data://boom", () => {
    throw new TypeError("not as meant")
  })
  mcp.resource(
    { uri: "data://notes/{id}", complete: { id: (value: string) => [`${value}1`, `${value}2`] } },
    ({ id }) => ({ id }),
  )
  mcp.resource("data://files/{path*}", ({ path }) => String(path))
  mcp.resource("data://search{?q,limit}", ({ q, limit }) => ({ q, limit }))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(Number(ms) || 0, 0), 20)))
}
