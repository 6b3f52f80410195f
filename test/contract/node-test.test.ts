import { spawn } from "node:child_process"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const program = fileURLToPath(new URL("./fixtures/node-test.ts", import.meta.url))

async function run(env: NodeJS.ProcessEnv): Promise<{ readonly code: number; readonly output: string }> {
  // A test runner that runs in another would report to that one.
  const { NODE_TEST_CONTEXT: _context, ...inherited } = process.env
  const args = ["--import", "tsx", "--test-reporter=tap", program]
  const child = spawn(process.execPath, args, {
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  })
  const closed = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)))
  const output = await text(child.stdout)
  return { code: await closed, output }
}

it("runs by `node --test`, whose tests fail where a driver is wrong", { timeout: 60_000 }, async () => {
  const right = await run({})
  expect(right.output).toMatch(/# fail 0$/m)
  expect(right.output).toMatch(/# pass [4-9]\d$/m)
  expect(right.code).toBe(0)

  const wrong = await run({ MISTAKE: "yes" })
  expect(wrong.output).toMatch(/not ok \d+ - keeps all keys apart/)
  expect(wrong.code).not.toBe(0)
})
