import { expect, it } from "vitest"
import both from "../../examples/transforms.ts"
import plain from "../../examples/transforms-inline-refs.ts"
import prefixed from "../../examples/transforms-namespace.ts"
import safe from "../../examples/transforms-only-tagged.ts"
import described from "../../examples/transforms-relabel.ts"
import renamed from "../../examples/transforms-rename.ts"
import handbook from "../../examples/transforms-tool.ts"
import asking from "../../examples/transforms-version-argument.ts"
import old from "../../examples/transforms-version-filter.ts"
import database, { byCaller, shown } from "../../examples/transforms-visibility.ts"
import greeter from "../../examples/versions.ts"
import { createPrincipal, type FleetMCP } from "../../src/index.ts"
import { callForText, connect } from "./example.ts"

const namesOf = async (mcp: Pick<FleetMCP, "fetch">) => {
  const { tools } = await (await connect(mcp)).listTools()
  return tools.map(({ name }) => name)
}

it("puts names behind a prefix, gives others, and both", async () => {
  expect(await namesOf(prefixed)).toEqual(["math_add", "math_reset"])
  expect(await namesOf(renamed)).toEqual(["plus", "reset"])
  expect(await namesOf(both)).toEqual(["math_plus", "math_reset"])
  expect(await callForText(await connect(both), "math_plus")).toBe("3")
})

it("leaves components by tag, and says other things of them", async () => {
  expect(await namesOf(safe)).toEqual(["add"])
  const { tools } = await (await connect(described)).listTools()
  expect(tools[0]).toMatchObject({ title: "Sum", description: "Adds two numbers" })
})

it("lists schemas without references", async () => {
  const { tools } = await (await connect(plain)).listTools()
  expect(JSON.stringify(tools)).not.toContain("$ref")
})

it("makes tools of a tool", async () => {
  const client = await connect(handbook)
  expect(await namesOf(handbook)).toEqual(["find_pages", "find_twice", "raw_search"])
  expect(await callForText(client, "find_pages", { query: "a" })).toContain("a (10, by secret)")
  expect(await callForText(client, "find_twice", { query: "a" })).toContain("A (1, by secret)")
  expect(await callForText(client, "raw_search", { q: "a", limit: 1 })).toContain("a (1, by x)")
})

it("hides tools, until it is told otherwise, or by caller", async () => {
  expect(await namesOf(database)).toEqual(["query"])
  shown.show({ id: "drop_table" })
  expect(await namesOf(database)).toEqual(["query", "drop_table"])
  shown.reset()
  const ada = await createPrincipal({ subject: "ada" })
  expect(await byCaller.listTools({ as: ada })).toHaveLength(2)
  expect(await byCaller.listTools({ as: undefined })).toHaveLength(1)
})

it("has versions side by side", async () => {
  expect(await callForText(await connect(greeter), "greet")).toBe("Good day")
  expect(await callForText(await connect(old), "greet")).toBe("Hello")
  expect(await callForText(await connect(asking), "greet", { version: "1.0" })).toBe("Hello")
})
