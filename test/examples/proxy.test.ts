import { expect, it } from "vitest"
import { front } from "../../examples/proxy.ts"
import { connect } from "../../src/testing/index.ts"

it("asks the person at its own client what the server behind it wants to know", async () => {
  const client = await connect(front, {
    elicitation: () => ({ action: "decline" }),
  })
  expect((await client.listTools()).map(({ name }) => name)).toEqual(["clock_confirm_time"])
  expect(await client.callTool("clock_confirm_time")).toMatchObject({ content: [{ text: "Not told" }] })
  await client.close()
  await front.close()
})
