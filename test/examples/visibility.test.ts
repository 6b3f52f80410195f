import { expect, it, onTestFinished } from "vitest"
import mcp from "../../examples/visibility.ts"
import { connect } from "../../src/testing/index.ts"

it("hides the tools of administrators from a session until its user asks for them", async () => {
  const client = await connect(mcp, {
    revision: "2025-11-25",
    elicitation: () => ({ action: "accept", content: { confirm: true } }),
  })
  onTestFinished(() => client.close())
  const isListed = async () => (await client.listTools()).some(({ name }) => name === "drop_table")
  await client.callTool("leave_admin")
  const before = await isListed()
  await client.callTool("become_admin")
  expect([before, await isListed()]).toEqual([false, true])
})
