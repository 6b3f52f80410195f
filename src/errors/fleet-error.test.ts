import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { isFleetError } from "./any-fleet-error.ts"
import { MissingClientCapability } from "./capabilities.ts"
import { InvalidRoute } from "./http.ts"
import { InvalidOutput } from "./invalid-output.ts"
import { ResourceNotFound } from "./resource-not-found.ts"
import { UnknownComponent } from "./server.ts"
import { UnknownTool } from "./unknown-name.ts"

describe("an error on a console", () => {
  const shown = (error: Error) => inspect(Object.assign(error, { stack: `${error.name}: ${error.message}` }))

  it("shows its message and code, and nothing that is not there", () => {
    expect(shown(new InvalidRoute("metrics"))).toBe(
      "[InvalidRoute: `metrics` is not a route. " +
        "Write the method, a space and the path: `\"GET /metrics\"`.] {\n  code: 'INVALID_ROUTE'\n}",
    )
  })

  it("shows what a peer is told besides", () => {
    expect(shown(new ResourceNotFound("a://b"))).toContain("rpc: -32602,\n  data: { uri: 'a://b' }")
  })

  it("says what to do once", () => {
    const error = new UnknownTool("a")
    expect(error.fix).toBe("Call `tools/list` to see the names this server offers.")
    expect(shown(error).split("Call `tools/list`")).toHaveLength(2)
  })
})

describe("a message", () => {
  it("says what to do on a line of its own below a list", () => {
    expect(new InvalidOutput("tool `t`", "`a`: expected number\n`b`: expected number").message).toBe(
      "The tool `t` returned what its output schema refuses:\n`a`: expected number\n`b`: expected number\n" +
        "Return what `output` describes, or change `output`.",
    )
  })

  it.each([
    ["tool:search@", "`tool:search` is not registered."],
    ["tool:search@2.0", "`tool:search@2.0` is not registered."],
  ])("names the component of the key %s", (key, words) => {
    expect(new UnknownComponent(key).message).toContain(words)
  })

  it("does not suggest the name that was given, which is there in another version", () => {
    expect(new UnknownTool("s", "s").message).toMatch(
      /^No tool named `s`\. There is one, of another version\./,
    )
  })

  it.each([
    [{ roots: {} }, "the client's capability `roots`,"],
    [{ elicitation: { url: {} } }, "the client's capability `elicitation.url`,"],
    [
      { extensions: { "com.example/reports": {} } },
      "the client's support of the extension `com.example/reports`,",
    ],
  ])("names the missing %j", (capabilities, words) => {
    expect(new MissingClientCapability(capabilities).message).toContain(words)
  })
})

it("isFleetError tells errors of FleetMCP from others", () => {
  expect(isFleetError(new InvalidRoute("x"))).toBe(true)
  expect(isFleetError(new TypeError("x"))).toBe(false)
})
