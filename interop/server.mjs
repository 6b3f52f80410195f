/**
 * The one server that every client is tested with, of the built package. Arguments: `stdio` and a file that is told the
 * process id of a server that ended by itself, or `http` for a free port, whose URL is the first line of its output.
 */
import { appendFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import * as z from "zod"
import { audio, FleetMCP, file, image, link, message, ToolError, text } from "../dist/index.js"

const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
const silence = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="
const name = z.object({ name: z.string() })

const mcp = new FleetMCP("interop", {
  version: "1.2.3",
  instructions: "Answers to every client.",
  pageSize: 4,
  log: () => undefined,
})

mcp.tool(
  {
    name: "add",
    title: "Add",
    description: "Adds two numbers",
    input: z.object({ a: z.number(), b: z.number() }),
    output: z.number(),
    annotations: { readOnlyHint: true },
  },
  ({ a, b }) => a + b,
)
mcp.tool({ name: "user", output: name }, () => ({ name: "Ada" }))
mcp.tool({ name: "contents" }, () => [
  text("words"),
  image(pixel),
  audio(silence),
  file("a,b\n", { uri: "test://table", mimeType: "text/csv" }),
  link("test://text", { name: "the-text" }),
])
mcp.tool({ name: "fail" }, () => {
  throw new ToolError("It failed on purpose")
})
mcp.tool(
  { name: "route", input: z.object({ region: z.string() }), headers: { region: "Region" } },
  ({ region }) => region,
)

let goOn
const mayGoOn = new Promise((resolve) => {
  goOn = resolve
})
mcp.tool({ name: "report", timeout: 20_000 }, async (_, ctx) => {
  for (const done of [1, 2, 3]) ctx.progress(done, 3, `step ${done}`)
  // Version 1 of the SDK drops progress that it reads together with the answer.
  await mayGoOn
  return "reported"
})
mcp.tool({ name: "go_on" }, () => goOn())
mcp.tool({ name: "log" }, (_, ctx) => {
  ctx.log.info("too quiet")
  ctx.log.warning({ disk: "full" }, "storage")
  return "logged"
})

let tellWhy
const aborted = new Promise((resolve) => {
  tellWhy = resolve
})
mcp.tool({ name: "hang" }, async (_, { progress, signal }) => {
  progress(7)
  await new Promise((resolve) => signal.addEventListener("abort", resolve))
  tellWhy(signal.reason.reason)
})
mcp.tool({ name: "why_aborted", timeout: 20_000 }, () => aborted)
mcp.tool({ name: "step_out" }, async (_, ctx) => {
  ctx.closeStream(50)
  await sleep(300)
  return "back"
})

// What the client is to answer is the text of the question.
mcp.tool({ name: "ask", input: z.object({ answer: z.string() }) }, async ({ answer }, ctx) => {
  const form = z.object({
    name: z.string(),
    size: z.enum(["s", "m"]).default("m"),
    count: z.int().optional(),
  })
  return JSON.stringify(await ctx.elicit(answer, form))
})
mcp.tool(
  { name: "visit" },
  async (_, ctx) => (await ctx.elicitUrl("accept", "https://example.com/pay")).action,
)
mcp.tool({ name: "think" }, async (_, ctx) => JSON.stringify((await ctx.sample("2 + 2?")).content))
mcp.tool({ name: "folders" }, async (_, ctx) => JSON.stringify(await ctx.roots()))
mcp.tool({ name: "interview" }, async (_, ctx) => {
  const [folders, thought] = await Promise.all([ctx.roots(), ctx.sample("which?")])
  const answer = await ctx.elicit("accept", name)
  return `${folders.length} folder, ${thought.content.text}, ${answer.data.name}`
})

let changes = 0
mcp.tool({ name: "change" }, () => {
  const nth = ++changes
  mcp.resourceUpdated("test://text")
  mcp.tool({ name: `new_${nth}` }, () => nth)
  mcp.prompt(`new_${nth}`, () => "new")
  mcp.resource(`test://new/${nth}`, () => "new")
  return "changed"
})
mcp.tool({ name: "pid" }, () => String(process.pid))

mcp.resource({ uri: "test://text", mimeType: "text/plain", description: "Some text" }, () => "some text")
mcp.resource({ uri: "test://bytes", mimeType: "image/png" }, () => Buffer.from(pixel, "base64"))
for (const nth of [1, 2, 3]) mcp.resource(`test://more/${nth}`, () => `more ${nth}`)
mcp.resource({ uri: "users://{id}", complete: { id: ["ada", "alan", "grace"] } }, ({ id }) => ({ id }))

mcp.prompt(
  { name: "review", args: z.object({ code: z.string() }), complete: { code: ["let", "lambda", "for"] } },
  ({ code }) => `Review ${code}`,
)
mcp.prompt("picture", () => [message.user(image(pixel)), message.assistant("A pixel.")])
mcp.prompt("asking", async (_, ctx) => (await ctx.elicit("accept", name)).data.name)
for (const nth of [1, 2, 3]) mcp.prompt(`more_${nth}`, () => `more ${nth}`)

const [transport, endings] = process.argv.slice(2)
if (transport === "http") {
  const { url } = await mcp.run({ transport: "http", port: 0 })
  console.log(url)
  // Whoever started it is gone.
  process.stdin.resume().once("end", () => process.exit(1))
} else {
  // Nothing is told of an end by a signal.
  process.once("exit", () => appendFileSync(endings, `${process.pid}\n`))
  await mcp.run()
}
