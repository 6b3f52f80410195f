import { spawn } from "node:child_process"
import { once } from "node:events"
import { describe, expect, it, onTestFinished } from "vitest"
import { features } from "../../src/spec/features.ts"
import { revisions } from "../../src/spec/revisions.ts"
import { type ConnectOptions, connect } from "../../src/testing/index.ts"
import { overLines } from "./over-lines.ts"
import { answering } from "./visit.ts"
import { outputs } from "./world.ts"

const program = "test/eras/fixtures/world.ts"

/** Connects a client to the server of everything, in a process of its own. */
async function begin(options: ConnectOptions) {
  const child = spawn(process.execPath, ["--import", "tsx", program], { stdio: ["pipe", "pipe", "ignore"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  const exited = once(child, "exit")
  const handler = overLines({ input: child.stdin, output: child.stdout })
  const client = await connect({ handler, start: async () => undefined }, options)
  const part = () => {
    client.close()
    child.stdin.end()
    return exited
  }
  return { client, part }
}

describe.each(revisions)("a client of %s and a server in a process of its own", (revision) => {
  it("call, read, ask, tell of progress, and part", { timeout: 30_000 }, async () => {
    const progress: unknown[] = []
    const logs: unknown[] = []
    const { client, part } = await begin({
      ...answering,
      revision,
      onProgress: (params) => progress.push(params.progress),
      onLog: ({ data }) => logs.push(data),
    })
    const names = (await client.listTools()).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(Object.keys(outputs).map((name) => `output_${name}`)))
    await client.callTool("speaks")
    expect([progress, logs]).toEqual([[1], [{ at: "half" }]])
    expect((await client.readResource("docs://guide")).contents).toHaveLength(2)
    expect((await client.getPrompt("everything", { topic: "cats" })).messages).not.toHaveLength(0)
    const { isError = false } = await client.callTool("ask_form")
    expect(isError).toBe(!features[revision].elicitation.includes("form"))
    expect((await client.callTool("ask_roots")).content).toMatchObject([
      { text: '[{"uri":"file:///home/ada"}]' },
    ])
    expect(await part()).toEqual([0, null])
  })
})
