import { createServer } from "node:http"
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { type Installation, install } from "../support/installation.ts"

let user: Installation

beforeAll(async () => {
  user = await install()
}, 60_000)

/** Runs a program of one file, or several, and gives what was said. */
async function run(files: { readonly [path: string]: string }, target = Object.keys(files)[0] ?? "") {
  user.write(files)
  return await user.fleetmcp(["run", target])
}

const head = 'import { FleetMCP } from "fleetmcp"\nconst mcp = new FleetMCP("Demo")\n'

describe("FLEET-01: a program without a server", { timeout: 30_000 }, () => {
  it("is told what it exports, and the line to add", async () => {
    const text =
      'import { FleetMCP } from "fleetmcp"\nconst fleet = new FleetMCP("x")\nexport const port = 1, make = () => fleet\n'
    const { code, stderr } = await run({ "none.ts": text })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error none.ts exports no server. It exports `make` (a function), `port` (a number).\nfix   Add `export default fleet`.\ncode  FLEET-01\n",
    })
  })

  it("is told the line of CommonJS", async () => {
    const text = 'const { FleetMCP } = require("fleetmcp")\nconst own = new FleetMCP("x")\n'
    expect((await run({ "none.cjs": text })).stderr).toContain("Add `module.exports = own`.")
  })

  it("is told to leave out a name that it exports nothing by", async () => {
    const { stderr } = await run({ "named.ts": `${head}export default mcp\n` }, "named.ts:mcp")
    expect(stderr).toContain("Leave out the name: `named.ts`.")
  })

  it("is told the name of a server that is exported under another", async () => {
    const { stderr } = await run({ "named.ts": `${head}export const demo = mcp\n` })
    expect(stderr).toContain("Name it, `named.ts:demo`, or add `export default demo`.")
  })

  it.each([
    ["export default mcp.http({})", "a handler of `mcp.http()`", "Export the server too, `export { mcp }`"],
    [
      "export default { fetch: () => new Response() }",
      "a `fetch` handler",
      "Export the server that it serves too",
    ],
    ["export default { connect() {}, registerTool() {} }", "a server of the official SDK", "new FleetMCP()"],
    ["export default class {}", "a class", "Add `export default mcp`"],
    [
      "export default Object.assign(() => {}, { listen() {}, use() {} })",
      "a web application",
      "that is mounted in it",
    ],
  ])("is told what to do about %s", async (line, kind, advice) => {
    const { stderr } = await run({ "nearly.ts": `${head}${line}\n` })
    expect(stderr).toContain(`\`default\` (${kind})`)
    expect(stderr).toContain(advice)
  })

  it("is told what its factory returns", async () => {
    const { stderr } = await run({ "factory.ts": "export default async () => [1]\n" })
    expect(stderr).toContain("`default()` of factory.ts returns a list, no server.")
  })

  it("is told the nearest export to the one that was asked for", async () => {
    const { stderr } = await run({ "asked.ts": `${head}export { mcp as admin }\n` }, "asked.ts:admim")
    expect(stderr).toContain("asked.ts exports no `admim`")
    expect(stderr).toContain("Did you mean `asked.ts:admin`?")
  })
})

describe("FLEET-08: an import", { timeout: 30_000 }, () => {
  it.each([
    ["package-lock.json", "npm install zodd"],
    ["pnpm-lock.yaml", "pnpm add zodd"],
    ["yarn.lock", "yarn add zodd"],
    ["bun.lock", "bun add zodd"],
  ])("of a package that is not installed names the command, by %s", async (lockfile, command) => {
    const folder = lockfile.replace(/\W/g, "-")
    const { stderr } = await run({
      [`${folder}/server.ts`]: `${head}import "zodd/v4"\nexport default mcp\n`,
      [`${folder}/package.json`]: "{}",
      [`${folder}/${lockfile}`]: "",
    })
    expect(stderr).toBe(
      `error \`zodd\`, imported at ${folder}/server.ts:3, is not installed.\nfix   Run \`${command}\`.\ncode  FLEET-08\n`,
    )
  })

  it("of a package that package.json lists says to install", async () => {
    const { stderr } = await run({
      "listed/server.ts": 'import "far"\n',
      "listed/package.json": '{ "dependencies": { "far": "1.0.0" } }',
    })
    expect(stderr).toContain("Run `npm install`: package.json lists it.")
  })

  it("of a misspelt package names the one that is meant", async () => {
    const { stderr } = await run({
      "spelt/server.ts": 'import "fasitfy"\n',
      "spelt/package.json": '{ "dependencies": { "fastify": "1.0.0" } }',
    })
    expect(stderr).toContain("Did you mean `fastify`?")
  })

  it("of a package that lacks one of its own names both", async () => {
    const { stderr } = await run({
      "lacking/server.ts": 'import "needy"\n',
      "lacking/node_modules/needy/package.json": '{ "exports": "./index.mjs" }',
      "lacking/node_modules/needy/index.mjs": 'import "gone"\n',
    })
    expect(stderr).toContain("The package `needy` imports `gone`, which is not installed.")
  })

  it("of a file that is not there names the one that is meant", async () => {
    const { stderr } = await run({ "miss/server.ts": '\nimport "./tols"\n', "miss/tools.js": "" })
    expect(stderr).toContain("`./tols`, imported at miss/server.ts:2, is not there.")
    expect(stderr).toContain("Did you mean `./tools.js`?")
  })

  it("of what a package does not export names what is meant", async () => {
    const { stderr } = await run({
      "entry/server.ts": 'import "walled/serverr"\n',
      "entry/node_modules/walled/package.json":
        '{ "name": "walled", "exports": { ".": "./a.js", "./server": "./a.js" } }',
    })
    expect(stderr).toContain(
      "`walled/serverr`, imported at entry/server.ts:1, is not exported by its package.",
    )
    expect(stderr).toContain("Did you mean `walled/server`?")
  })

  it("of a package of the workspace that is not built names the command", async () => {
    user.write({
      "monorepo/packages/db/package.json": '{ "name": "@acme/db", "exports": "./dist/index.js" }',
      "monorepo/app/server.ts": 'import "@acme/db"\n',
      "monorepo/app/package.json": "{}",
      "monorepo/pnpm-lock.yaml": "",
    })
    user.link("monorepo/packages/db", "monorepo/app/node_modules/@acme/db")
    const { stderr } = await user.fleetmcp(["run", "monorepo/app/server.ts"])
    expect(stderr).toContain("`dist/index.js`, which package.json of `@acme/db` names, is not there.")
    expect(stderr).toContain("Build it first: `pnpm --filter @acme/db build`.")
  })

  it("by a path alias that nothing explains says so", async () => {
    const { stderr } = await run({ "alias/server.ts": 'import "@/db"\n', "alias/package.json": "{}" })
    expect(stderr).toContain("`@/db`, imported at alias/server.ts:1, is no package.")
    expect(stderr).toContain("Put it in `paths` of tsconfig.json")
  })

  it("by name from CommonJS names the two lines to write", async () => {
    const { stderr } = await run({
      "names/server.ts": 'import { word } from "old"\nconsole.log(word)\n',
      "names/node_modules/old/package.json": '{ "main": "index.js" }',
      "names/node_modules/old/index.js": "module.exports = Object.assign({}, { word: 1 })\n",
    })
    expect(stderr).toContain('Write `import all from "old"`, then `const { word } = all`.')
  })

  it("of a name that is not there says so, and the nearest where Node has it", async () => {
    const { stderr } = await run({
      "builtin.ts": 'import { readFilSync } from "node:fs"\nreadFilSync("x")\n',
    })
    expect(stderr).toContain("`node:fs`, imported at builtin.ts:1, has no export `readFilSync`")
    expect(stderr).toContain("Did you mean `readFileSync`?")
  })

  it("of an ES module that waits, by require(), says to import it", async () => {
    const { stderr } = await run({
      "waits/server.cjs": 'require("waiting")\n',
      "waits/node_modules/waiting/package.json": '{ "type": "module", "exports": "./index.js" }',
      "waits/node_modules/waiting/index.js": "export default await 1\n",
    })
    expect(stderr).toContain("waits/node_modules/waiting/index.js cannot be loaded by `require()`.")
  })

  it("of a package that is TypeScript says to build it", async () => {
    const { stderr } = await run({
      "typed/server.ts": 'import "source"\n',
      "typed/node_modules/source/package.json": '{ "type": "module", "exports": { "import": "./index.ts" } }',
      "typed/node_modules/source/index.ts": "export const a: number = 1\n",
    })
    expect(stderr).toContain("The package `source` is TypeScript")
  })

  it("of a second copy of the package is warned of", async () => {
    const { code, stderr } = await run({
      "twice/server.ts": `${head}import "plugin"\nexport default mcp\n`,
      "twice/node_modules/plugin/package.json": '{ "main": "index.js" }',
      "twice/node_modules/plugin/index.js": "",
      "twice/node_modules/plugin/node_modules/fleetmcp/package.json":
        '{ "version": "0.0.1", "main": "index.js" }',
      "twice/node_modules/plugin/node_modules/fleetmcp/index.js": "",
    })
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /warning The program uses 2 copies of fleetmcp: .*\(0\.0\.0\), .*\(0\.0\.1\).*FLEET-08/,
    )
  })
})

it("names the place of what is no TypeScript", { timeout: 30_000 }, async () => {
  const { code, stderr } = await run({
    "broken/server.ts": 'import "./part.ts"\n',
    "broken/part.ts": "\nexport const a =\n",
  })
  expect(code).toBe(1)
  expect(stderr).toBe(
    "error The program cannot be read:\n  part.ts:3:0: Unexpected end of file\ncode  INVALID_SOURCE\n".replace(
      "3:0",
      /part\.ts:(\d+:\d+)/.exec(stderr)?.[1] ?? "",
    ),
  )
})

describe("FLEET-13: files that import one another", { timeout: 30_000 }, () => {
  it("are printed as a chain where one is used too early", async () => {
    const { code, stderr } = await run({
      "cycle/server.ts": `import { FleetMCP } from "fleetmcp"\nimport "./index.ts"\nexport const mcp = new FleetMCP("Demo")\n`,
      "cycle/index.ts": 'export * from "./tools.ts"\n',
      "cycle/tools.ts":
        'import { mcp as own } from "./server.ts"\n\nown.tool({ name: "a" }, () => 1)\nexport const a = 1\n',
    })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: [
        "error `own` is used at cycle/tools.ts:3 before cycle/server.ts has made it, because these files import one another:",
        "  cycle/server.ts → cycle/index.ts → cycle/tools.ts → cycle/server.ts",
        "fix   Move `own` to a file that imports none of them, or use it in a function that cycle/server.ts calls.",
        "code  FLEET-13\n",
      ].join("\n"),
    })
  })

  it("are printed where they are CommonJS", async () => {
    const { stderr } = await run({
      "ring/server.cjs":
        'require("./tools.cjs")\nconst { FleetMCP } = require("fleetmcp")\nexports.mcp = new FleetMCP("Demo")\n',
      "ring/tools.cjs": 'const { mcp } = require("./server.cjs")\nmcp.tool({ name: "a" }, () => 1)\n',
    })
    expect(stderr).toContain("ring/server.cjs → ring/tools.cjs → ring/server.cjs")
  })

  it("are silent where they import types, or use what they import later", async () => {
    const { code, stderr } = await run({
      "types/server.ts": `${head}import { register, type Kind } from "./tools.ts"\nexport type Server = typeof mcp\nexport const kind: Kind = 1\nregister()\nexport { mcp }\n`,
      "types/tools.ts":
        'import { type Server, mcp } from "./server.ts"\nexport type Kind = number\nexport const register = (own: Server = mcp) => own.tool({ name: "a" }, () => 1)\n',
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  })

  it("are not blamed for another mistake", async () => {
    const { stderr } = await run({
      "other/server.ts": `${head}import { a } from "./tools.ts"\nexport { mcp }\nconst none = JSON.parse("{}")\nnone.what.ever(a)\n`,
      "other/tools.ts": 'export { mcp } from "./server.ts"\nexport const a = 1\n',
    })
    expect(stderr).toContain("MODULE_FAILED")
  })
})

describe("FLEET-15: a module that works when it is imported", { timeout: 30_000 }, () => {
  it("is warned of listening, connecting and intervals, with their lines", async () => {
    const listening = createServer((_request, response) => response.end("ok"))
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve))
    onTestFinished(() => void listening.close())
    const address = listening.address()
    const port = typeof address === "object" ? address?.port : 0
    const { code, stderr } = await run({
      "busy.ts": `${head}import { createServer } from "node:http"
async function config(): Promise<string> {
  return await (await fetch("http://127.0.0.1:${port}/")).text()
}
await config()
createServer().listen(0, "127.0.0.1")
setInterval(() => {}, 1000)
setInterval(() => {}, 1000).unref()
clearInterval(setInterval(() => {}, 1000))
export default mcp
`,
    })
    expect(code).toBe(0)
    const warnings = [...stderr.matchAll(/^warning (\S+ .*?) when the module is imported.*FLEET-15/gm)].map(
      ([, what]) => what,
    )
    expect(warnings.sort()).toEqual([
      "busy.ts:5 opens a connection",
      "busy.ts:8 listens",
      "busy.ts:9 starts an interval",
    ])
  })

  it("fails where nothing is left that could end what it waits for, with the line", async () => {
    const { code, stderr } = await run({
      "stuck.ts": `${head}\nawait new Promise(() => {})\nexport default mcp\n`,
    })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error stuck.ts:4 waits at the top level of the module, and nothing is left that could end that.\nfix   Wait in a function that handlers call, in a `lifespan()`, or for a limited time.\ncode  FLEET-15\n",
    })
  })

  it("fails where it waits too long, with the line", async () => {
    const { code, stderr } = await run({
      "slow.ts": `${head}const timer = setInterval(() => {}, 60_000)\nawait new Promise(() => timer)\nexport default mcp\n`,
    })
    expect(code).toBe(1)
    expect(stderr).toContain("error slow.ts:4 waits at the top level of the module, for more than 10000 ms.")
  })

  it("is told where it ended the process", async () => {
    const { code, stderr } = await run({
      "exits.ts": "\nfunction check(): void {\n  process.exit(3)\n}\ncheck()\n",
    })
    expect(code).toBe(3)
    expect(stderr).toContain("error exits.ts:3 ended the process while the module was imported.")
  })

  it("has not done what was asked for when it ended the process as if it had", async () => {
    expect((await run({ "done.ts": "process.exit(0)\n" })).code).toBe(1)
  })
})

describe("what a program throws", { timeout: 30_000 }, () => {
  it.each([
    ["throw Object.create(null)", "odd.ts failed: it threw what has no text, `object`"],
    ["export default { get fetch() { throw new TypeError('no') } }", "odd.ts failed: TypeError: no"],
    ["throw Object.assign(new Error('what'), { code: 'OWN', fix: 'mend it' })", "error what\n"],
  ])("is told whatever it is: %s", async (text, told) => {
    expect((await run({ "odd.ts": text })).stderr).toContain(told)
  })

  it("is shown with its place", async () => {
    const { code, stderr } = await run({ "throws.ts": "type A = 1\n\nthrow new RangeError('too far')\n" })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "error throws.ts failed: RangeError: too far\n  at throws.ts:3\ncode  MODULE_FAILED\n",
    })
  })

  it("is itself where it is an error of this package", async () => {
    const { stderr } = await run({
      "duplicate.ts": `${head}for (const name of ["a", "a"]) mcp.tool({ name }, () => 1)\n`,
    })
    expect(stderr).toMatch(
      /^error `tool:a` is registered already\.\n {2}at duplicate\.ts:3\nfix {3}Choose .*\ncode {2}DUPLICATE_COMPONENT\n$/,
    )
  })

  it("by a factory names it", async () => {
    const { stderr } = await run({ "fails.ts": "export function app() {\n  throw new Error('no db')\n}\n" })
    expect(stderr).toContain("error `app()` of fails.ts failed: Error: no db")
  })
})

describe("FOLDER_NOT_WRITABLE: a program beside which nothing can be written", { timeout: 30_000 }, () => {
  // Root may write everywhere, but no name of more than 255 bytes.
  const long = "x".repeat(240)

  it("is read by Node itself where it can be", async () => {
    user.write({ [`${long}.mjs`]: `${head}export default mcp\n` })
    const { code, stdout } = await user.fleetmcp(["list", `${long}.mjs`])
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" })
  })

  it("fails where only esbuild can read it", async () => {
    expect((await run({ [`${long}.tsx`]: `${head}export default mcp\n` })).stderr).toContain(
      "FOLDER_NOT_WRITABLE",
    )
  })
})
