import { expect, it, vi } from "vitest"
import { FleetMCP } from "../../src/index.ts"
import { connect } from "../../src/testing/index.ts"

const said = vi.spyOn(console, "error").mockImplementation(() => undefined)
const {
  default: mcp,
  readOnly,
  report,
  results,
  weather,
} = await import("../../examples/middleware-cache.ts")

it("answers the second search from memory", () => {
  expect(said).toHaveBeenCalledWith(1)
  expect(results.statistics().callTool).toMatchObject({ hits: 1, misses: 1 })
})

it("forgets a resource that was announced as changed", async () => {
  const client = await connect(mcp)
  const theme = async () => (await client.readResource("config://theme")).contents[0]
  expect(await theme()).toMatchObject({ text: "dark" })
  await client.callTool("set_theme", { name: "light" })
  expect(await theme()).toMatchObject({ text: "light" })
  await client.close()
})

it("keeps what only reads, shares what is public by region, and says so", async () => {
  const other = new FleetMCP("Weather", { middleware: [report, readOnly, weather], log: () => undefined })
  let runs = 0
  other.tool({ name: "forecast" }, () => `${++runs}`)
  other.tool({ name: "look", annotations: { readOnlyHint: true } }, () => `${++runs}`)
  for (const name of ["forecast", "forecast", "look", "look"]) await other.callTool(name)
  expect(runs).toBe(2)
  expect(said).toHaveBeenCalledWith("forecast", "hit")
  await other.close()
})
