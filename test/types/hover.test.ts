import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
// Never written: it stands where the package is found by its name.
const file = join(root, "test/types/hover.virtual.ts")

const source = `
import { FleetMCP, prompt, resource, tool } from "fleetmcp"
import { connect } from "fleetmcp/testing"
import * as z from "zod"

const numbers = z.object({ a: z.number(), b: z.number().default(0) })
const fromZod = tool({ name: "add", input: numbers }, (zodArgs, zodCtx) => zodArgs.a + zodArgs.b)
const fromJson = tool(
  { name: "j", input: { type: "object", properties: { s: { type: "string" }, n: { type: "number" } }, required: ["s"] } },
  (jsonArgs) => ({ at: new Date(), said: jsonArgs.s }),
)
const fromNothing = tool({ name: "none" }, (noArgs) => "x")
const fromUri = resource("users://{id}/{path*}{?format}", (uriArgs) => uriArgs.id)
const fromPrompt = prompt({ name: "p", args: z.object({ code: z.string() }) }, (promptArgs) => promptArgs.code)
const mcp = new FleetMCP("x", { tools: [fromZod, fromJson, fromNothing] })
const fromServer = mcp.tool({ name: "add", input: numbers }, (serverArgs) => serverArgs.a)
const client = await connect(mcp)
const sum = await client.tools.add({ a: 1 })
const dated = await client.tools.j({ s: "x" })

tool({ name: "asks" }, async (_, asking) => {
  const choice = await asking.elicit("?", ["s", "l"])
  const several = await asking.elicit("?", [{ s: { title: "Small" }, l: { title: "Large" } }])
  const filledIn = await asking.elicit("?", numbers)
  const fromModel = await asking.sample({ messages: "?", tools: [fromZod], output: numbers })
  return [choice, several, filledIn, fromModel].length
})
tool({ name: "w1", output: z.number() }, () => "wrong sync")
tool({ name: "w2", output: z.number() }, async () => "wrong async")
tool({ name: "w3", output: z.object({ sum: z.number() }) }, () => ({ sum: "wrong member" }))
tool({ name: "w4" }, () => ({ rows: [{ id: 1n }] }))
tool({ name: "w5", inputSchema: numbers }, () => 1)
export { client, dated, fromJson, fromNothing, fromPrompt, fromServer, fromUri, fromZod, sum }
`

let service: ts.LanguageService

beforeAll(() => {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), (path) => readFileSync(path, "utf8"))
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [] }, ts.sys, root)
  service = ts.createLanguageService({
    getCompilationSettings: () => ({ ...options, noErrorTruncation: true }),
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot(path) {
      const text = path === file ? source : ts.sys.readFile(path)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (given) =>
      join(dirname(ts.getDefaultLibFilePath(given)), ts.getDefaultLibFileName(given)),
    fileExists: (path) => path === file || ts.sys.fileExists(path),
    readFile: (path) => (path === file ? source : ts.sys.readFile(path)),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: (path) => ts.sys.realpath?.(path) ?? path,
  })
  // The first question makes the program of everything that is imported.
  hover("sum")
}, 60_000)

/** What an editor shows over a name, on one line. */
function hover(name: string): string {
  const info = service.getQuickInfoAtPosition(file, source.search(new RegExp(`\\b${name}\\b`)))
  return ts.displayPartsToString(info?.displayParts).replace(/\s+/g, " ")
}

/** What the compiler says of the line that holds a text. */
function complaint(about: string): string {
  const middle = source.indexOf(about)
  const start = source.lastIndexOf("\n", middle)
  const end = source.indexOf("\n", middle)
  const found = service
    .getSemanticDiagnostics(file)
    .filter((each) => each.start !== undefined && each.start > start && each.start < end)
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")).join("\n")
}

describe("what an editor shows", () => {
  it.each([
    ["zodArgs", "(parameter) zodArgs: { a: number; b: number; }"],
    ["zodCtx", "(parameter) zodCtx: Context"],
    ["jsonArgs", "(parameter) jsonArgs: { s: string; n?: number; }"],
    ["noArgs", "(parameter) noArgs: {}"],
    ["uriArgs", "(parameter) uriArgs: { id: string; path: string; format?: string; }"],
    ["promptArgs", "(parameter) promptArgs: { code: string; }"],
    ["serverArgs", "(parameter) serverArgs: { a: number; b: number; }"],
    [
      "fromZod",
      'const fromZod: Tool<"add", { arguments: { a: number; b?: number | undefined; }; result: number; }>',
    ],
    [
      "fromJson",
      'const fromJson: Tool<"j", { arguments: { s: string; n?: number; }; result: { at: string; said: string; }; }>',
    ],
    ["fromNothing", 'const fromNothing: Tool<"none", { arguments: {}; result: string; }>'],
    ["fromUri", 'const fromUri: Template<"users://{id}/{path*}{?format}">'],
    ["fromPrompt", 'const fromPrompt: Prompt<"p", { code: string; }>'],
    [
      "fromServer",
      'const fromServer: Tool<"add", { arguments: { a: number; b?: number | undefined; }; result: number; }>',
    ],
    ["sum", "const sum: number"],
    ["choice", 'const choice: Elicited<"s" | "l">'],
    ["several", 'const several: Elicited<("s" | "l")[]>'],
    ["filledIn", "const filledIn: Elicited<{ a: number; b: number; }>"],
    ["fromModel", "const fromModel: Sampled<{ a: number; b: number; }>"],
    ["dated", "const dated: { at: string; said: string; }"],
  ])("over `%s` is in the words of the author", (name, shown) => {
    expect(hover(name)).toBe(shown)
  })

  it("over a function of the client is what it takes and gives", () => {
    expect(hover("add(?=\\(\\{ a)")).toContain(
      "add: (args: { a: number; b?: number | undefined; }, options?: RequestOptions | undefined) => Promise<number>",
    )
  })
})

describe("what the compiler says of a wrong return", () => {
  it.each([
    ["wrong sync", "Type 'string' is not assignable to type 'number'."],
    ["wrong async", "Type 'string' is not assignable to type 'number'."],
    ["wrong member", "Type 'string' is not assignable to type 'number'."],
    ["1n", "result.rows[].id is a bigint → return something that JSON can say"],
    ["inputSchema", "'inputSchema' does not exist in type 'ToolConfig<\"w5\", undefined, undefined>'."],
  ])("stands at its place: %s", (about, said) => {
    expect(complaint(about)).toContain(said)
  })
})
