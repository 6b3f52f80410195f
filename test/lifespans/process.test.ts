import { spawn } from "node:child_process"
import { once } from "node:events"
import { describe, expect, it, onTestFinished } from "vitest"

/** Runs a server in a process of its own. */
function run(way: string, env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", "test/lifespans/fixtures/server.ts", way], {
    stdio: ["pipe", "inherit", "pipe"],
    env: { ...process.env, ...env },
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  let text = ""
  let notice: () => void = () => undefined
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk
    notice()
  })
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      notice = () => {
        if (pattern.test(text)) resolve()
      }
      notice()
    })
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>
  return { child, until, closed, text: () => text }
}

describe("a process with lifespans", { timeout: 30_000 }, () => {
  it("ends them, the last first, when it is told to end", async () => {
    const { child, until, closed, text } = run("http")
    await until(/at http/)
    child.kill("SIGTERM")
    expect(await closed).toEqual([null, "SIGTERM"])
    expect(text()).toMatch(/^db starts\ncache starts\n.*at http.*\ncache ends\ndb ends\n$/s)
  })

  it.each(["starting-http", "starting-stdio"])(
    "ends those that have started when it is told to end in the middle of the start, %s",
    async (way) => {
      const { child, until, closed, text } = run(way)
      await until(/waiting starts/)
      child.kill("SIGTERM")
      expect(await closed).toEqual([null, "SIGTERM"])
      expect(text()).toBe("db starts\nwaiting starts\ndb ends\n")
    },
  )

  it("ends by itself where one does not start, since those before it are ended", async () => {
    const { closed, text } = run("broken")
    expect(await closed).toEqual([0, null])
    expect(text()).toBe("db starts\ndb ends\nThe lifespan `broken` did not start: refused\n")
  })

  it.each(["forgetful", "exiting"])("is told of those that run when it ends, %s", async (way) => {
    const { closed, text } = run(way)
    await closed
    expect(text()).toContain("The process ends while lifespans of the server `Shop` run: `db`, `cache`.")
    expect(text()).toContain('process.once("SIGTERM", () => mcp.close())')
    expect(text().match(/FLEET-17/g)).toHaveLength(1)
  })

  it("is told the line for what hosts it", async () => {
    const { closed, text } = run("forgetful", { VERCEL: "1" })
    await closed
    expect(text()).toContain("in `register()` of `instrumentation.ts`")
  })

  it("is told nothing where they have ended", async () => {
    const { closed, text } = run("closing")
    await closed
    expect(text()).toBe("db starts\ncache starts\ncache ends\ndb ends\n")
  })
})
