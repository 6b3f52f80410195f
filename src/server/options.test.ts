import { describe, expect, it } from "vitest"
import { FleetMCP } from "../fleet-mcp.ts"

/** The error of a server that is made with this option. */
function errorOf(name: string): { readonly code: string; readonly message: string } {
  try {
    new FleetMCP("Test", { [name]: 1 } as never)
  } catch (error) {
    // Only errors of ours are thrown here.
    return error as never
  }
  throw new Error(`\`${name}\` was accepted`)
}

describe("an unknown option", () => {
  it.each([
    ["instruction", "instructions"],
    ["maskError", "maskErrors"],
    ["pagesize", "pageSize"],
    ["transform", "transforms"],
    ["plugin", "plugins"],
  ])("`%s` suggests `%s`", (name, near) => {
    expect(errorOf(name)).toMatchObject({ code: "FLEET-09", message: expect.stringContaining(`\`${near}\``) })
  })

  it.each([
    ["mask_error_details", "`maskErrors`"],
    ["on_duplicate_tools", "`onDuplicate`"],
    ["list_page_size", "`pageSize`"],
    ["capabilities", "Leave it out"],
    ["eventBus", "`bus`"],
    ["authenticate", "`auth`"],
    ["include_tags", "transform"],
    ["name", "first argument"],
  ])("`%s` of another framework names ours: %s", (name, advice) => {
    expect(errorOf(name)).toMatchObject({ code: "FLEET-09", message: expect.stringContaining(advice) })
  })

  it.each(["toString", "constructor", "zzzzzzzz"])("`%s` suggests nothing", (name) => {
    const { code, message } = errorOf(name)
    expect(code).toBe("FLEET-09")
    expect(message).toMatch(/`FleetMCP` has no option `\w+`\.$/)
  })
})
