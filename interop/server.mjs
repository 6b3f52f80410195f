/**
 * The one server that every client is tested with, of the built package. Arguments: `stdio` or `http`, a folder, and for
 * HTTP the port, 0 for a free one, and the token that callers must have, if any. Over HTTP the first line of its output
 * is its URL. In the folder it keeps what it remembers, and says in `charges` what it charged, and in `endings` what
 * came to its end by itself: its lifespan, and the process by its id.
 */
import { appendFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import * as z from "zod"
import {
  audio,
  createPrincipal,
  definePlugin,
  FleetMCP,
  file,
  image,
  lifespan,
  link,
  message,
  ToolError,
  text,
} from "../dist/node.js"
import { diskStorage } from "../dist/storage/disk.js"
import { addAsking, addShop } from "./tools/asking.mjs"
import { addMemory } from "./tools/memory.mjs"

const [transport, folder, port, token] = process.argv.slice(2)
const endings = join(folder, "endings")

const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
const silence = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="

const db = lifespan("db", async function* () {
  yield { ping: () => "pong" }
  appendFileSync(endings, "db\n")
})
const ada = await createPrincipal({ subject: "ada" })
const auth = {
  authenticate: ({ headers }) => (headers.get("authorization") === `Bearer ${token}` ? ada : { status: 401 }),
}
const extensions = ["bell", "unheard"].map((name) =>
  definePlugin({ id: `com.example/${name}`, clientNotifications: [`notifications/com.example/${name}`] }),
)

const mcp = new FleetMCP("interop", {
  version: "1.2.3",
  instructions: "Answers to every client.",
  pageSize: 4,
  log: () => undefined,
  storage: diskStorage({ folder: join(folder, "storage"), durability: "process" }),
  secrets: ["the same each time this server is started"],
  lifespan: db,
  plugins: extensions,
  sampling: { handler: () => "the server's own" },
  // Longer than a call takes, so that it is certain what is left out; over HTTP nothing is.
  ...(transport === "stdio" && { progressMs: 60_000 }),
  ...(token !== undefined && { auth }),
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
mcp.tool({ name: "user", output: z.object({ name: z.string() }) }, () => ({ name: "Ada" }))
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

mcp.tool({ name: "ring", input: z.object({ extension: z.string() }) }, async ({ extension }, ctx) => {
  await ctx.notify(`notifications/com.example/${extension}`, { times: 3 })
  return "rang"
})
mcp.tool({ name: "database" }, (_, ctx) => ctx.require(db).ping())
addAsking(mcp)
addShop(mcp, join(folder, "charges"))
addMemory(mcp)

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
for (const nth of [1, 2, 3]) mcp.prompt(`more_${nth}`, () => `more ${nth}`)

if (transport === "http") {
  const { url } = await mcp.run({ transport: "http", port: Number(port) })
  console.log(url)
  // Whoever started it is gone.
  process.stdin.resume().once("end", () => process.exit(1))
} else {
  // Nothing is told of an end by a signal.
  process.once("exit", () => appendFileSync(endings, `${process.pid}\n`))
  await mcp.run()
}
