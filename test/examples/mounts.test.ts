import { expect, it } from "vitest"
import shop, { snapshot } from "../../examples/mounts.ts"
import { connect } from "../../src/testing/index.ts"

it("mounts a server under its prefix, without what is internal", async () => {
  await using client = await connect(shop)
  expect((await client.listTools()).map(({ name }) => name)).toEqual(["orders_search"])
  expect((await client.callTool("orders_search", { id: "7" })).structuredContent).toEqual({
    id: "7",
    state: "paid",
  })
  expect((await client.readResource("orders://orders/7")).contents).toMatchObject([
    { uri: "orders://orders/7" },
  ])
})

it("imports a copy", async () => {
  await using client = await connect(await snapshot())
  expect((await client.listTools()).map(({ name }) => name)).toEqual(["o_find", "o_refund"])
})
