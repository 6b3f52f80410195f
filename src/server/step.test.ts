import { expect, it } from "vitest"
import { quietServer } from "../../test/support/server.ts"

it.each([
  [() => undefined, 5, "The first argument of `ctx.step()` is of type `number`."],
  [() => undefined, "", "The first argument of `ctx.step()` is empty."],
  [
    undefined,
    "charge",
    "The second argument of `ctx.step()` is `undefined`. Give the function that does the work.",
  ],
])("a step of %s by %j is told what it lacks", async (run, key, problem) => {
  const mcp = quietServer()
  // As JavaScript lets one write it.
  mcp.tool({ name: "work" }, (_, ctx) => ctx.step(key as string, run as () => undefined))
  const { content } = await mcp.callTool("work")
  expect(content).toEqual([{ type: "text", text: expect.stringContaining(problem) }])
})
