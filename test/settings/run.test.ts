import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it, onTestFinished } from "vitest"
import { FleetMCP } from "../../src/fleet-mcp.ts"
import type { LogRecord } from "../../src/server/server-log.ts"
import { setHost } from "../../src/shared/host.ts"

afterEach(() => setHost(undefined))

/** A server, and what it logs. */
function create() {
  const records: LogRecord[] = []
  const mcp = new FleetMCP("standing", { log: (record) => records.push(record) })
  onTestFinished(() => mcp.close())
  return { mcp, records }
}

describe("`mcp.run()` under a test runner", () => {
  it("starts nothing, and says so", async () => {
    const { mcp, records } = create()
    await mcp.run()
    expect(records).toEqual([
      {
        level: "info",
        message: expect.stringMatching(/`mcp\.run\(\)` starts nothing under Vitest.*inTests: true/),
      },
    ])
  })

  it("says where it would listen", async () => {
    const { mcp } = create()
    expect(await mcp.run({ transport: "http", port: 1, host: "::1" })).toMatchObject({
      url: "http://[::1]:1/mcp",
      port: 1,
    })
  })

  it("leaves a server that can be called and closed", async () => {
    const { mcp } = create()
    const { closed } = await mcp.run()
    await mcp.close()
    await expect(closed).resolves.toBeUndefined()
  })

  it("starts where it is told to", async () => {
    const { mcp } = create()
    const { url } = await mcp.run({ transport: "http", port: 0, inTests: true })
    expect((await fetch(new URL("/health", url))).status).toBe(200)
  })
})

describe("`mcp.run()` under a host", () => {
  it("tells it the server and the options", async () => {
    const { mcp } = create()
    const heard: unknown[] = []
    setHost({ name: "a host", onRun: (...args) => heard.push(args) })
    await mcp.run({ transport: "http", port: 4 })
    expect(heard).toEqual([[mcp, { transport: "http", port: 4 }]])
  })

  it("starts nothing, also where it is told to under a test runner", async () => {
    const { mcp } = create()
    setHost({ name: "a host" })
    const { port } = await mcp.run({ transport: "http", port: 0, inTests: true })
    expect(port).toBe(0)
  })

  it("belongs to the host that is there when it is called", async () => {
    const { mcp } = create()
    setHost({ name: "a host" })
    const running = mcp.run({ transport: "http", port: 0, inTests: true })
    setHost(undefined)
    expect((await running).port).toBe(0)
  })
})

describe("a program of its own", { timeout: 30_000 }, () => {
  /** Runs a file to its end, or until `pattern` stands in what it wrote. */
  const run = async (args: readonly string[], env: NodeJS.ProcessEnv, pattern?: RegExp): Promise<string> => {
    const { NODE_TEST_CONTEXT: _, ...own } = process.env
    const child = spawn(process.execPath, ["--import", "tsx", ...args], { env: { ...own, ...env } })
    onTestFinished(() => void child.kill("SIGKILL"))
    return new Promise((resolve) => {
      let text = ""
      const onData = (chunk: Buffer) => {
        text += chunk
        if (pattern?.test(text) === true) resolve(text)
      }
      child.stdout.on("data", onData)
      child.stderr.on("data", onData)
      child.on("close", () => resolve(text))
    })
  }
  const server = "test/settings/fixtures/server.ts"

  it("takes its transport, port, path and log from the environment", async () => {
    const env = {
      FLEETMCP_TRANSPORT: "http",
      FLEETMCP_PORT: "0",
      FLEETMCP_PATH: "/other",
      FLEETMCP_LOG_FORMAT: "json",
    }
    const line = JSON.parse(await run([server], env, /\n/))
    expect(line).toMatchObject({ level: "info", message: expect.stringMatching(/^Listening on .*\/other$/) })
  })

  it("takes them from a file that the environment names", async () => {
    const folder = mkdtempSync(join(tmpdir(), "settings-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, "settings.env")
    writeFileSync(path, "FLEETMCP_TRANSPORT=http\nFLEETMCP_PORT=0\n")
    expect(await run([server], { FLEETMCP_ENV_FILE: path }, /\n/)).toContain("Listening on")
  })

  it("ends with what is wrong and what to do", async () => {
    const text = await run([server], { FLEETMCP_PORT: "many" })
    expect(text).toContain(
      "`FLEETMCP_PORT` in the environment is `many`. Set it to a whole number from 0 to 65,535",
    )
  })

  it("starts nothing when `node --test` loads it", async () => {
    const text = await run(["--test", "test/settings/fixtures/under-node-test.ts"], {})
    expect(text).toMatch(/pass 1/)
  })
})
