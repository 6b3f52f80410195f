import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { expect, it } from "vitest"
import work from "../../examples/thread-work.ts"

// Not imported: the threads of this process do not run TypeScript.
const program = `
import("./examples/threads.ts").then(async ({ default: mcp }) => {
  const { content } = await mcp.callTool("count_primes", { below: 200_000 })
  console.log(content[0].text)
})
`

it("threads.ts counts primes on a thread, which keeps no process", { timeout: 60_000 }, async () => {
  const args = ["--import", "tsx", "--eval", program]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  expect(stdout.trim()).toBe("17984")
})

it("thread-work.ts says where it is", () => {
  expect(work.url).toMatch(/examples\/thread-work\.ts$/)
})
