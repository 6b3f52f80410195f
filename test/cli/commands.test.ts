import { beforeAll, describe, expect, it } from "vitest"
import { type Installation, install } from "../support/installation.ts"

let user: Installation

beforeAll(async () => {
  user = await install()
  user.write({
    "server.ts": `import { FleetMCP } from "fleetmcp"
console.log("printed")
const mcp = new FleetMCP("Demo", { http: { path: "/own" } })
export default mcp
`,
  })
}, 60_000)

describe("the command line", { timeout: 30_000 }, () => {
  it("shows its commands", async () => {
    const { code, stdout, stderr } = await user.fleetmcp(["--help"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toMatch(/^ {2}run .*^ {2}config .*^ {2}version /ms)
  })

  it.each([
    [["rnu"], "Did you mean run?"],
    [["version", "--jsn"], "Did you mean --json?"],
    [["run"], "missing required argument 'file'"],
    [["run", "https://example.com/mcp"], "is served already"],
    [["run", "sevrer.ts"], "Did you mean `server.ts`?"],
    [[], "Usage: fleetmcp"],
  ])("answers %s by what may be meant, with code 2", async (args, words) => {
    const { code, stdout, stderr } = await user.fleetmcp(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(stderr).toContain(words)
  })

  it("shows stacks where that is asked for", async () => {
    user.write({ "throws.ts": "\nthrow new Error('no')\n" })
    expect((await user.fleetmcp(["run", "throws.ts"])).stderr).not.toContain("    at ")
    expect((await user.fleetmcp(["--verbose", "run", "throws.ts"])).stderr).toContain("    at ")
    expect((await user.fleetmcp(["run", "throws.ts"], { env: { DEBUG: "1" } })).stderr).toContain("    at ")
  })

  it("has colours where they are asked for, and none in a pipe or with NO_COLOR", async () => {
    const said = async (env = {}) =>
      (await user.fleetmcp(["run", "none.ts"], { env })).stderr.includes("\u001b[")
    expect([
      await said(),
      await said({ FORCE_COLOR: "1" }),
      await said({ FORCE_COLOR: "1", NO_COLOR: "1" }),
    ]).toEqual([false, true, false])
  })

  it("ends when nobody reads what it prints", async () => {
    const { child, finished } = user.start(["version"])
    child.stdout.destroy()
    expect((await finished).code).toBe(0)
  })
})

describe("fleetmcp version", { timeout: 30_000 }, () => {
  it("prints what matters when something does not work", async () => {
    const { code, stdout } = await user.fleetmcp(["version"])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^fleetmcp {2}\d.*^node {6}\d.*^protocol {2}2024-11-05, .*2026-07-28$/ms)
  })

  it("prints JSON", async () => {
    const { stdout } = await user.fleetmcp(["version", "--json"])
    expect(JSON.parse(stdout)).toMatchObject({ node: process.versions.node, runtime: "node" })
  })
})

describe("fleetmcp config", { timeout: 30_000 }, () => {
  const env = { FLEETMCP_SECRETS: "a-secret-that-nobody-can-guess-at-all", FLEETMCP_PATH: "/env" }

  it("prints the settings of a program and where each comes from, and nothing that it prints", async () => {
    const { code, stdout } = await user.fleetmcp(["config", "server.ts", "--port", "3999"], { env })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^setting +value +from +variable$/m)
    expect(stdout).toMatch(/^transport +http +flag +FLEETMCP_TRANSPORT$/m)
    expect(stdout).toMatch(/^port +3999 +flag +FLEETMCP_PORT$/m)
    expect(stdout).toMatch(/^path +\/own +code +FLEETMCP_PATH$/m)
    expect(stdout).toMatch(/^secrets +\*{8} +env +FLEETMCP_SECRETS$/m)
    expect(stdout).not.toMatch(/guess|printed/)
  })

  it("prints what a server of this folder would be told, without a program", async () => {
    user.write({ ".env": "FLEETMCP_HOST=localhost\n" })
    const { stdout } = await user.fleetmcp(["config"], { env })
    expect(stdout).toMatch(/^path +\/env +env +FLEETMCP_PATH$/m)
    expect(stdout).toMatch(/^host +localhost +file +FLEETMCP_HOST$/m)
  })

  it("prints JSON", async () => {
    const { stdout } = await user.fleetmcp(["config", "server.ts", "--json"])
    expect(JSON.parse(stdout)).toContainEqual({
      name: "path",
      env: "FLEETMCP_PATH",
      value: "/own",
      source: "code",
    })
  })

  it("ends with 2 where a flag cannot be meant", async () => {
    const { code, stderr } = await user.fleetmcp(["config", "server.ts", "--port", "many"])
    expect(code).toBe(2)
    expect(stderr).toMatch(/`--port` of `fleetmcp config`.*INVALID_SETTING/s)
  })
})
