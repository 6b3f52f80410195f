import { describe, expect, it } from "vitest"
import { explainMissingApi } from "./missing-api.ts"

describe("an error of a program on an older Node", () => {
  it.each([
    ["No such built-in module: node:sqlite", "Node 22.13"],
    ["WebSocket is not defined", "Node 22"],
    ["Promise.withResolvers is not a function", "Node 22"],
  ])("`%s` names the version that it needs", (message, version) => {
    const explained = explainMissingApi(new Error(message))
    expect(explained?.code).toBe("FLEET-14")
    expect(explained?.message).toContain(`is not in Node ${process.versions.node}.`)
    expect(explained?.fix).toBe(`It needs ${version} or later.`)
  })

  it.each(["nothing is not defined", "constructor is not defined", "mcp.run is not a function"])(
    "`%s` is left as it is",
    (message) => expect(explainMissingApi(new Error(message))).toBeUndefined(),
  )
})
