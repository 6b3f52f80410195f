import { once } from "node:events"
import { readdirSync } from "node:fs"
import { connect } from "node:net"
import { beforeAll, describe, expect, it } from "vitest"
import { callTool } from "../http/messages.ts"
import { type Installation, install, type Running } from "../support/installation.ts"

let user: Installation

const head = 'import { FleetMCP } from "fleetmcp"\n'
const demo = `${head}const mcp = new FleetMCP("Demo", { version: "1.2.0" })
mcp.tool({ name: "ping" }, () => "pong")
`

beforeAll(async () => {
  user = await install()
  user.write({
    "demo.ts": `${demo}export default mcp\n`,
    "prints.ts": `console.log("from the import")\n${demo}mcp.tool({ name: "print" }, () => { console.log("from a tool"); return "said" })\nexport default mcp\n`,
  })
}, 60_000)

/** Starts a program over HTTP on a free port and gives its URL. */
async function serve(running: Running): Promise<string> {
  const [, url = ""] = /^ {2}(http:\S+)$/m.exec(await running.until("stderr", /^ {2}http:\S+$/m)) ?? []
  return url
}

describe("fleetmcp run, over stdio", { timeout: 30_000 }, () => {
  it("speaks messages alone on standard output, whatever the program prints", async () => {
    const { child, until, finished } = user.start(["run", "prints.ts"])
    child.stdin.write(`${callTool("print").body}\n`)
    await until("stdout", /said/)
    child.stdin.end()
    const { code, stdout, stderr } = await finished
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toHaveLength(1)
    expect(stderr).toMatch(/`from the import` was written to standard output by .*prints\.ts:1/)
    expect(stderr).toContain("from a tool")
    expect(code).toBe(0)
  })

  it("answers what was asked before the input ended", async () => {
    const { child, finished } = user.start(["run", "demo.ts"])
    child.stdin.end(`${callTool("ping").body}\n`)
    const { stdout, stderr, code } = await finished
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toContain("pong")
  })

  it("starts as what the program tells `mcp.run()` otherwise, and only once", async () => {
    user.write({ "http.ts": `${demo}await mcp.run({ transport: "http", port: 0 })\n` })
    const running = user.start(["run", "http.ts"])
    const url = await serve(running)
    running.child.kill("SIGTERM")
    const { stderr, stdout } = await running.finished
    expect(stderr.split(url)).toHaveLength(2)
    expect(stdout).toBe("")
  })

  it("waits for a program that runs its server later", async () => {
    user.write({
      "later.ts": `${head}import { setTimeout } from "node:timers/promises"
async function main(): Promise<void> {
  await setTimeout(50)
  await new FleetMCP("Later").run({ transport: "http", port: 0 })
}
main()
`,
    })
    const running = user.start(["run", "later.ts"])
    expect(await running.until("stderr", /no components/)).toContain("Later 0.0.0")
  })
})

describe("fleetmcp run, over HTTP", { timeout: 30_000 }, () => {
  it("says on standard error what it serves and where, and serves it", async () => {
    const running = user.start(["run", "demo.ts", "--http", "--port", "0"])
    const url = await serve(running)
    const { method = "", headers = {}, body = "" } = callTool("ping")
    const fields = Object.entries(headers).map(([name, value = ""]): [string, string] => [name, value])
    const answer = await fetch(url, { method, headers: fields, body })
    expect(await answer.text()).toContain("pong")
    running.child.kill("SIGTERM")
    const { stderr, stdout } = await running.finished
    expect(stdout).toBe("")
    expect(stderr).toMatch(/\n {2}Demo 1\.2\.0\n {2}http:\/\/127\.0\.0\.1:\d+\/mcp\n {2}1 tool\n/)
  })

  it("is meant by a port", async () => {
    const running = user.start(["run", "demo.ts", "--port", "0"])
    expect(await serve(running)).toMatch(/^http:/)
  })

  it("says nothing with --no-banner but that it listens", async () => {
    const running = user.start(["run", "demo.ts", "--http", "--port", "0", "--no-banner"])
    await running.until("stderr", /Listening/)
    running.child.kill("SIGTERM")
    expect((await running.finished).stderr).toMatch(/^\[fleetmcp\] info: Listening on \S+\n$/)
  })

  it("says nothing but its log where that is JSON", async () => {
    const running = user.start(["run", "demo.ts", "--http", "--port", "0", "--log-format", "json"])
    await running.until("stderr", /Listening/)
    running.child.kill("SIGTERM")
    expect(JSON.parse((await running.finished).stderr)).toMatchObject({ level: "info" })
  })

  it("names the next free port where its own is taken", async () => {
    const url = await serve(user.start(["run", "demo.ts", "--http", "--port", "0"]))
    const { port } = new URL(url)
    const { code, stderr } = await user.fleetmcp(["run", "demo.ts", "--http", "--port", port])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      new RegExp(`^error Port \`${port}\` of \`127.0.0.1\` is in use\\.\nfix .*\ncode {2}FLEET-10\n$`),
    )
  })

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "ends by %s with its code, lets the port go and runs what closes the server",
    async (signal, code) => {
      user.write({
        "closes.ts": `import { definePlugin, FleetMCP } from "fleetmcp"\nconst mcp = new FleetMCP("Closes", { plugins: [definePlugin({ id: "com.example/one", lifespan: async () => () => console.error("closed") })] })\nexport default mcp\n`,
      })
      const running = user.start(["run", "closes.ts", "--http", "--port", "0"])
      const { port } = new URL(await serve(running))
      running.child.kill(signal)
      const finished = await running.finished
      expect(finished).toMatchObject({ code, signal: null })
      expect(finished.stderr).toMatch(/closed\n$/)
      const connected = once(connect(Number(port), "127.0.0.1"), "connect")
      await expect(connected).rejects.toMatchObject({ code: "ECONNREFUSED" })
    },
  )
})

describe("fleetmcp run, before the server is found", { timeout: 30_000 }, () => {
  it("leaves nothing behind when a signal ends it, nor when it was killed", async () => {
    user.write({
      "slow/server.ts":
        'console.error("importing")\nsetInterval(() => {}, 60_000)\nawait new Promise(() => {})\n',
    })
    const own = () => readdirSync(`${user.folder}/slow`)
    const killed = user.start(["run", "slow/server.ts"])
    await killed.until("stderr", /importing/)
    killed.child.kill("SIGKILL")
    await killed.finished
    expect(own()).toHaveLength(2)
    const ended = user.start(["run", "slow/server.ts"])
    await ended.until("stderr", /importing/)
    ended.child.kill("SIGINT")
    expect(await ended.finished).toMatchObject({ code: 130 })
    expect(own()).toEqual(["server.ts"])
  })
})

describe("the server of a program", { timeout: 30_000 }, () => {
  /** The name of the server that was found, and what was said besides. */
  async function found(text: string, target = "found.ts"): Promise<string> {
    user.write({ [target.replace(/:.*/, "")]: text })
    const running = user.start(["run", target, "--http", "--port", "0"])
    return await running.until("stderr", /components/)
  }

  it.each([
    ["its default export", 'export default new FleetMCP("Right")\nexport const mcp = 1\n'],
    ["`mcp`", 'export const mcp = new FleetMCP("Right")\nexport default 1\n'],
    ["`server`", 'export const server = new FleetMCP("Right")\n'],
    ["`app`", 'export const app = new FleetMCP("Right")\n'],
    ["what its factory makes", 'export default () => new FleetMCP("Right")\n'],
    [
      "what its asynchronous factory makes",
      'export async function server() { return new FleetMCP("Right") }\n',
    ],
    ["what it promises", 'export default Promise.resolve(new FleetMCP("Right"))\n'],
    ["what it runs", 'await new FleetMCP("Right").run()\nexport const make = () => new FleetMCP("Wrong")\n'],
    [
      "what it runs, before what a factory makes",
      'await new FleetMCP("Right").run()\nexport default () => new FleetMCP("Wrong")\n',
    ],
  ])("is %s", async (_what, text) => {
    expect(await found(head + text)).toMatch(/^ {2}Right 0\.0\.0$/m)
  })

  it("is the export that is named", async () => {
    const text = 'export const mcp = new FleetMCP("Wrong")\nexport const admin = new FleetMCP("Right")\n'
    expect(await found(head + text, "found.ts:admin")).toContain("Right 0.0.0")
  })

  it("is one of several by a notice", async () => {
    const text = 'export const mcp = new FleetMCP("Right")\nexport const admin = new FleetMCP("Other")\n'
    expect(await found(head + text)).toContain(
      "warning found.ts exports 2 servers; `mcp` is taken, not `admin`. Write `found.ts:admin` for another.",
    )
  })

  it("is `exports.mcp` of CommonJS", async () => {
    const text = 'const { FleetMCP } = require("fleetmcp")\nexports.mcp = new FleetMCP("Right")\n'
    expect(await found(text, "found.cjs")).toContain("Right 0.0.0")
  })
})

describe("a flag", { timeout: 30_000 }, () => {
  it("that the program overrides is named", async () => {
    user.write({
      "own.ts": `${head}const mcp = new FleetMCP("Own")
await mcp.run({ transport: "http", port: 0 })
`,
    })
    const running = user.start(["run", "own.ts", "--port", "3999"])
    expect(await running.until("stderr", /\/mcp/)).toContain(
      "warning own.ts itself sets `port` to `0`, which counts more than the `3999` of the command line.",
    )
  })

  it.each([
    [["--prot", "1"], "Did you mean --port?"],
    [["--transport", "sse"], "Allowed choices are stdio, http."],
    [["--http", "--stdio"], "cannot be used with"],
  ])("that is wrong, %s, ends with 2", async (flags, words) => {
    const { code, stderr } = await user.fleetmcp(["run", "demo.ts", ...flags])
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })

  it("that names a file of the environment which is not there ends the command", async () => {
    const { code, stderr } = await user.fleetmcp(["run", "demo.ts", "--env-file", "none.env"])
    // Node 20 reads this flag itself, wherever it stands.
    expect([2, 9]).toContain(code)
    expect(stderr).toContain("none.env")
  })

  it("--env-file sets what the environment lacks", async () => {
    user.write({
      "some.env": "NAME=FromFile\nOTHER=FromFile\n",
      "env.ts": `${head}export default new FleetMCP(process.env.NAME + process.env.OTHER)\n`,
    })
    const running = user.start(["run", "env.ts", "--port", "0", "--env-file", "some.env"], {
      env: { OTHER: "FromShell" },
    })
    expect(await running.until("stderr", /components/)).toContain("FromFileFromShell")
  })
})
