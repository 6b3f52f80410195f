import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { entries } from "../../scripts/tools/manifest.ts"
import { pack } from "../../scripts/tools/pack.ts"
import { capture } from "../../scripts/tools/run.ts"

/** What cannot be imported without a package that is not linked here. */
const needing: ReadonlySet<string> = new Set(["fleetmcp/telemetry", "fleetmcp/providers/skills"])

/** A folder of a user who installed the package as npm would publish it. */
let consumer: string
let installed: string

beforeAll(async () => {
  consumer = mkdtempSync(join(tmpdir(), "fleetmcp-dist-"))
  installed = join(consumer, "node_modules/fleetmcp")
  const built = await capture(process.execPath, ["--import", "tsx", "scripts/build.ts"])
  expect(built.output).toBe("")
  mkdirSync(installed, { recursive: true })
  await capture("tar", ["-xzf", await pack(consumer), "--strip-components=1", "-C", installed])
}, 120_000)

afterAll(() => rmSync(consumer, { recursive: true, force: true }))

describe("the packed package", () => {
  it("holds the build, its papers and nothing else", () => {
    const strangers = files().filter(
      (file) =>
        !/^(dist\/.*\.(js|d\.ts)|dist\/cli\/THIRD-PARTY-LICENSES\.txt|(README|CHANGELOG)\.md|LICENSE|package\.json)$/.test(
          file,
        ),
    )
    expect(strangers).toEqual([])
    expect(files().filter((file) => file.includes(".test."))).toEqual([])
  })

  it("imports only files that it holds, by their built names", () => {
    const missing = files()
      .filter((file) => file.startsWith("dist/"))
      .flatMap((file) => relativeImports(file).map((target) => ({ file, target })))
      .filter(
        ({ file, target }) =>
          !target.endsWith(".js") || !existsSync(join(installed, dirname(file), asFile(file, target))),
      )
    expect(missing).toEqual([])
  })

  // ajv is not linked here: it must not be on the way of a start.
  it.each(entries().flatMap(({ specifier }) => (needing.has(specifier) ? [] : [specifier])))(
    "%s is imported without ajv or any schema library",
    async (specifier) => {
      const names = await node([
        "--input-type=module",
        "-e",
        `console.log(Object.keys(await import("${specifier}")).length > 0)`,
      ])
      expect(names).toEqual({ code: 0, output: "true\n" })
    },
  )

  it("says which package is missing where telemetry is imported without it", async () => {
    const program = `
      const error = await import("fleetmcp/telemetry").catch((error) => error)
      console.log(error.code, error.message.includes("@opentelemetry/api"))`
    const said = await node(["--input-type=module", "-e", program])
    expect(said).toEqual({ code: 0, output: "ERR_MODULE_NOT_FOUND true\n" })
  })

  it("loads few files and no network at the start, so that it starts fast", async () => {
    const program = `
      await import("fleetmcp")
      const natives = process.moduleLoadList.filter((name) => /^NativeModule (http|https|net|tls|_http_server)$/.test(name))
      console.log(JSON.stringify(natives))`
    expect(await node(["--input-type=module", "-e", program])).toEqual({ code: 0, output: "[]\n" })
    expect([...startFiles("dist/node.js")]).toHaveLength(2)
  })

  it.each([
    ["node", 1],
    ["workerd", 0],
  ])("reads the environment under the condition `%s` as its runtime can", async (condition, count) => {
    const program = `
      const { FleetMCP } = await import("fleetmcp")
      console.log(new FleetMCP("x").settings().filter(({ name, value }) => name === "port" && value === 4000).length)`
    const { output } = await capture(
      process.execPath,
      [`--conditions=${condition}`, "--input-type=module", "-e", program],
      { cwd: consumer, env: { ...process.env, FLEETMCP_PORT: "4000" } },
    )
    expect(output).toBe(`${count}\n`)
  })

  it("is loaded by require()", async () => {
    const { code, output } = await node([
      "--no-warnings",
      "-e",
      'console.log(typeof require("fleetmcp").FleetMCP)',
    ])
    expect({ code, output }).toEqual({ code: 0, output: "function\n" })
  })
})

function node(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return capture(process.execPath, args, { cwd: consumer })
}

function files(): readonly string[] {
  const all = readdirSync(installed, { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
}

/** The files that an import of one loads, `import()` aside. */
function startFiles(file: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const code = readFileSync(join(installed, file), "utf8")
  for (const [, target = ""] of code.matchAll(/^(?:import|export)\b[^"]*"(\.[^"]+)"/gm))
    startFiles(join(dirname(file), target), seen)
  return seen
}

function relativeImports(file: string): readonly string[] {
  const text = readFileSync(join(installed, file), "utf8")
  return [
    ...text.matchAll(/^(?:import|export|\})[^"\n]*"(\.{1,2}\/[^"\n]+)"|\bimport\("(\.{1,2}\/[^"\n]+)"\)/gm),
  ].map((match) => match[1] ?? match[2] ?? "")
}

/** Declarations name the JavaScript they stand for, which is in a bundle; what must be there is the declaration. */
function asFile(importer: string, target: string): string {
  return importer.endsWith(".d.ts") ? target.replace(/\.js$/, ".d.ts") : target
}
