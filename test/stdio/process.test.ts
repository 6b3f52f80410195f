import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import { describe, expect, it, onTestFinished } from "vitest"
import { callTool } from "../http/messages.ts"

/** A server in a process of its own. */
function start(program = "test/stdio/fixtures/server.ts") {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, ["--import", "tsx", program], {
    stdio: "pipe",
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  const texts = { stdout: "", stderr: "" }
  let notice: () => void = () => undefined
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text
      notice()
    })
  }
  const until = (name: "stdout" | "stderr", pattern: RegExp) =>
    new Promise<string>((resolve) => {
      notice = () => {
        if (pattern.test(texts[name])) resolve(texts[name])
      }
      notice()
    })
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>
  return { child, texts, until, exited, send: (body: unknown) => void child.stdin.write(`${body}\n`) }
}

it("serves the example of the page", { timeout: 30_000 }, async () => {
  const { send, until } = start("examples/stdio.ts")
  send(callTool("add", { a: 1, b: 2 }).body)
  expect(await until("stdout", /\n/)).toContain('"structuredContent":3')
})

describe("a process that serves stdio", { timeout: 30_000 }, () => {
  it("keeps everything but messages off standard output, and says once where it came from", async () => {
    const { send, until, texts } = start()
    send(callTool("stray").body)
    const out = await until("stdout", /"said"/)
    await until("stderr", /from stdout/)
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toHaveLength(1)
    expect(texts.stderr.match(/FLEET-07/g)).toHaveLength(1)
    expect(texts.stderr).toMatch(/FLEET-07 `from console` was written to standard output by .*server\.ts:16/)
  })

  it("answers what was asked, closes its lifespans and exits when its client ends the input", async () => {
    const { child, send, exited, texts } = start()
    send(callTool("stray").body)
    child.stdin.end()
    expect(await exited).toEqual([0, null])
    expect(texts.stdout).toContain('"said"')
    expect(texts.stderr).toMatch(/opened.*closed/s)
  })

  it("aborts calls, closes its lifespans and ends by the signal when it is told to", async () => {
    const { child, send, until, exited, texts } = start()
    send(callTool("wait").body)
    await until("stderr", /waiting/)
    child.kill("SIGTERM")
    expect(await exited).toEqual([null, "SIGTERM"])
    expect(texts.stderr).toMatch(/aborted: (shutdown|disconnect).*closed/s)
  })

  it("exits when its client reads no more", async () => {
    const { child, send, exited } = start()
    child.stdout.destroy()
    send(callTool("stray").body)
    send(callTool("stray").body)
    child.stdin.end()
    expect((await exited)[0]).toBe(0)
  })

  it("goes on when the program itself closes the server", async () => {
    const { until, exited } = start("test/stdio/fixtures/closing.ts")
    await until("stderr", /still here/)
    expect(await exited).toEqual([0, null])
  })

  it("leaves ending to a program that listens for the signal itself, if only once", async () => {
    const { child, until, exited, texts } = start("test/stdio/fixtures/listening.ts")
    await until("stderr", /ready/)
    child.kill("SIGTERM")
    expect(await exited).toEqual([3, null])
    expect(texts.stderr).toContain("flushed")
  })
})
