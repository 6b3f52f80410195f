import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { fleetmcp, server, start, startAtTerminal } from "./fleetmcp.ts"

const slow = { timeout: 60_000 }

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "fleetmcp-"))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

const program = ["--", process.execPath, "--import", "tsx", "test/cli/fixtures/program.ts"]

describe("fleetmcp generate client", slow, () => {
  it("writes a client that knows the tools of a server", async () => {
    const path = join(await folder(), "client.ts")
    const { code } = await fleetmcp("generate", "client", server, "--out", path)
    expect(code).toBe(0)
    expect(await readFile(path, "utf8")).toContain('readonly "add": (args: { readonly "a": number')
  })

  it("leaves a file alone that was not generated", async () => {
    const path = join(await folder(), "mine.ts")
    await writeFile(path, "const mine = 1")
    const { code, stderr } = await fleetmcp("generate", "client", server, "--out", path)
    expect(code).toBe(1)
    expect(stderr).toContain("FILE_FAILED")
    expect(await readFile(path, "utf8")).toBe("const mine = 1")
  })
})

describe("fleetmcp list", slow, () => {
  it("shows what a file offers as code would declare it", async () => {
    const { stdout, stderr, code } = await fleetmcp("list", server)
    expect(stdout).toContain("  add(a: number, b?: number = 1): number  @2.0 #math\n      Add two numbers\n")
    expect(stdout).toContain("Resource templates\n  users://{id}\n")
    expect(stdout).toContain("  review(code, language?)\n")
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 })
  })

  it("prints every field of what the server answered as JSON", async () => {
    const { stdout } = await fleetmcp("list", server, "tools", "--json")
    const { tools } = JSON.parse(stdout)
    expect(tools[0]).toMatchObject({
      name: "add",
      _meta: { "fleetmcp/version": "2.0" },
      inputSchema: { required: ["a"] },
    })
  })

  it("starts a program, in either era, and shows what it writes to standard error", async () => {
    const { stdout, stderr, code } = await fleetmcp("list", "tools", "--era", "session", ...program)
    expect(stdout).toContain("add(a: number")
    expect(stderr).toContain("started\n")
    expect(code).toBe(0)
  })

  it("says when a program is none, and what it said", async () => {
    const missing = [process.execPath, "-e", "console.error('Error: no such thing'); process.exit(3)"]
    const { stderr, code } = await fleetmcp("list", "-q", "--era", "session", "--", ...missing)
    expect(stderr).toContain("ended, or did not speak MCP. It said: Error: no such thing")
    expect(stderr).toContain("NOT_AN_MCP_SERVER")
    expect(code).toBe(1)
  })

  it("leaves no program behind that neither answers nor wants to end", async () => {
    const pids = join(await folder(), "pids")
    const stubborn = `require("fs").appendFileSync(${JSON.stringify(pids)}, process.pid + " "); process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)`
    const { stderr } = await fleetmcp("list", "--timeout", "1", "--", process.execPath, "-e", stubborn)
    expect(stderr).toContain("ANSWER_TIMED_OUT")
    const started = (await readFile(pids, "utf8")).trim().split(" ").map(Number)
    for (const pid of started) expect(() => process.kill(pid, 0)).toThrow("ESRCH")
  })

  it("ends with 2 for wrong usage", async () => {
    const { stderr, code } = await fleetmcp("list", server, "tols")
    expect(stderr).toContain("Did you mean `tools`?")
    expect(code).toBe(2)
  })
})

describe("fleetmcp call", slow, () => {
  it("reads arguments by the schema of the tool", async () => {
    const { stdout, code } = await fleetmcp(
      ...[
        "call",
        server,
        "make_order",
        "user.name=Ada",
        "user.age=3",
        "things=a",
        "things=b",
        "gift=true",
        "limit=null",
      ],
    )
    expect(JSON.parse(stdout)).toEqual({
      order: { user: { name: "Ada", age: 3 }, things: ["a", "b"], size: "small", gift: true, limit: null },
    })
    expect(code).toBe(0)
  })

  it("takes arguments as JSON from standard input, and pairs over them", async () => {
    const { child, ended } = start(["call", server, "add", "b=2", "--args", "-"])
    child.stdin.end('{ "a": 5, "b": 1 }')
    expect((await ended).stdout).toBe("7\n")
  })

  it("names all that is wrong with arguments at once, and calls nothing", async () => {
    const { stdout, stderr, code } = await fleetmcp("call", server, "add", "c=1", "b=two")
    expect(stderr).toContain("`c`: there is no such argument")
    expect(stderr).toContain("`a`: expected number, got nothing")
    expect(stderr).toContain('`b`: expected number, got string "two"')
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 })
  })

  it("writes what failed to standard error, and ends with 1", async () => {
    const { stdout, stderr, code } = await fleetmcp("call", server, "fail")
    expect(stderr).toContain("It is broken")
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 })
  })

  it("shows progress and the log on standard error", async () => {
    const { stdout, stderr } = await fleetmcp("call", server, "steps")
    expect(stderr).toBe(
      "progress 1/3 step 1\nprogress 2/3 step 2\nprogress 3/3 step 3\ninfo all \\u{1b}[2Jsteps done\n",
    )
    expect(stdout).toBe("done\n")
  })

  it("keeps what a module prints off standard output", async () => {
    const { stdout, stderr } = await fleetmcp("call", server, "print")
    expect({ stdout, stderr }).toEqual({ stdout: "printed\n", stderr: "stray\n" })
  })

  it("keeps images and audio in a folder, and writes over nothing", async () => {
    const path = await folder()
    const { stdout } = await fleetmcp("call", server, "picture", "--save", path)
    expect(stdout).toContain(`image image/png, 8 B (saved as ${join(path, "picture-2.png")})`)
    expect(await readdir(path)).toEqual(["picture-2.png", "picture-3.wav"])
  })

  it.each(["stateless", "session"])("answers questions by `--answer` (%s)", async (era) => {
    const answers = ["--answer", "name=Ada", "--answer", "age=36", "--answer", "color=red"]
    const { stdout, stderr } = await fleetmcp("call", server, "sign_up", "--era", era, ...answers)
    expect(JSON.parse(stdout)).toEqual({
      action: "accept",
      data: { name: "Ada", age: 36, color: "red", news: false },
    })
    expect(stderr).toContain("Who are \\u{1b}[2Jyou? Answered by `--answer`.")
  })

  it("declines questions where nobody can be asked, and says so", async () => {
    const { stdout, stderr } = await fleetmcp("call", server, "sign_up")
    expect(JSON.parse(stdout)).toEqual({ action: "decline" })
    expect(stderr).toContain("Declined, since nobody can be asked here.")
  })

  it("gives up in time, and cancels the call", async () => {
    const { stderr, code } = await fleetmcp("call", server, "wait", "--timeout", "1")
    expect(stderr).toMatch(/cancelled: cancel[\s\S]*ANSWER_TIMED_OUT/)
    expect(code).toBe(1)
  })

  it("cancels the call at Ctrl-C, ends what it started, and ends with 130", async () => {
    const { child, until, ended, texts } = start(["call", "wait", "--era", "session", ...program])
    await until("stderr", /waiting/)
    child.kill("SIGINT")
    const { stderr, code } = await ended
    expect(stderr).toMatch(/cancelled: cancel/)
    expect(code).toBe(130)
    expectGone(pidIn(texts.stderr))
  })

  it("leaves no program behind when it is told to end while it starts one", async () => {
    const sleeper = "console.error('pid ' + process.pid); process.stdin.resume(); setInterval(() => {}, 1000)"
    const running = start(["list", "--era", "session", "--", process.execPath, "-e", sleeper])
    await running.until("stderr", /pid \d+/)
    running.child.kill("SIGTERM")
    expect((await running.ended).code).toBe(143)
    expectGone(pidIn(running.texts.stderr))
  })
})

describe("fleetmcp read and get", slow, () => {
  it("writes bytes to a pipe as they are", async () => {
    const { stdout, stderr } = await fleetmcp("read", server, "bin://dot")
    expect({ stdout, stderr }).toEqual({ stdout: "\u0001\u0002\u0003", stderr: "" })
  })

  it("shows the messages of a prompt", async () => {
    const { stdout } = await fleetmcp("get", server, "review", "code=1 + 1")
    expect(stdout).toBe("user\nReview this code:\n1 + 1\n")
  })

  it("names the arguments that a prompt lacks", async () => {
    const { stderr, code } = await fleetmcp("get", server, "review")
    expect(stderr).toContain("`code`: expected string, got nothing")
    expect(code).toBe(2)
  })
})

describe("fleetmcp inspect", slow, () => {
  it("writes fingerprints that hold for the same server over another transport", async () => {
    const lock = join(await folder(), "lock.json")
    await fleetmcp("inspect", server, "--lock", lock)
    const { components } = JSON.parse(await readFile(lock, "utf8"))
    expect(Object.keys(components)).toEqual(Object.keys(components).sort())
    const { stderr, code } = await fleetmcp("inspect", "--lock", lock, "--frozen", ...program)
    expect(stderr).toContain("16 components, as ")
    expect(code).toBe(0)
  })

  it("names what changed under a frozen lock, and leaves the file alone", async () => {
    const lock = join(await folder(), "lock.json")
    await writeFile(
      lock,
      '{ "lockVersion": 1, "components": { "tool:add@2.0": "sha256:0", "tool:old@": "sha256:1" } }',
    )
    const before = await readFile(lock, "utf8")
    const { stderr, code } = await fleetmcp("inspect", server, "--lock", lock, "--frozen")
    expect(stderr).toMatch(/\+ prompt:review@[\s\S]*- tool:old@\n {2}~ tool:add@2\.0/)
    expect(code).toBe(1)
    expect(await readFile(lock, "utf8")).toBe(before)
  })

  it("refuses a frozen lock that is not there", async () => {
    const { stderr, code } = await fleetmcp(
      "inspect",
      server,
      "--lock",
      join(await folder(), "lock.json"),
      "--frozen",
    )
    expect(stderr).toContain("LOCK_MISSING")
    expect(code).toBe(1)
  })
})

describe("at a terminal", slow, () => {
  it("lets no escape sequence of a server through", async () => {
    const { stdout } = await startAtTerminal(["call", server, "hostile"]).ended
    expect(stdout).toBe("\\u{1b}[2J\\u{1b}]52;c;aGk=\\u{7}\\u{202e}text\r\n")
  })

  it("refuses to show bytes", async () => {
    const { stdout } = await startAtTerminal(["read", server, "bin://dot"]).ended
    expect(stdout).toContain("BINARY_ON_TERMINAL")
  })

  it("wraps lines, and colours them", async () => {
    const { stdout } = await startAtTerminal(["list", server, "tools"]).ended
    expect(stdout).toContain("\u001b[1mTools\u001b[22m")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours begin with.
    const lines = stdout.replace(/\u001b\[[0-9;]*m/g, "").split("\r\n")
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it("asks for arguments that are missing, and for what the server wants to know", async () => {
    const { child, until, ended } = startAtTerminal(["call", server, "make_order", 'user={"name":"Ada"}'])
    await until("stdout", /things/)
    child.stdin.write("car\r")
    await until("stdout", /"order"/)
    expect((await ended).stdout).toMatch(/"things": \[\s+"car"\s+\]/)
  })
})

function pidIn(text: string): number {
  return Number(/pid (\d+)/.exec(text)?.[1])
}

function expectGone(pid: number): void {
  expect(pid).toBeGreaterThan(0)
  expect(() => process.kill(pid, 0)).toThrow("ESRCH")
}
