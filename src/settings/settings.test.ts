import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { settingNames, settingRows } from "./settings.ts"

describe("the texts of settings", () => {
  it.each([
    ["logLevel", "debug", "debug"],
    ["logLevel", "WARNING", "warning"],
    ["logFormat", "json", "json"],
    ["transport", "http", "http"],
    ["host", "0.0.0.0", "0.0.0.0"],
    ["port", "0", 0],
    ["port", "65535", 65_535],
    ["path", "/api/mcp", "/api/mcp"],
    ["publicUrl", "https://mcp.example.com", "https://mcp.example.com"],
    ["hosts", "mcp.example.com, localhost", ["mcp.example.com", "localhost"]],
    [
      "origins",
      "https://a.example.com,https://b.example.com",
      ["https://a.example.com", "https://b.example.com"],
    ],
    ["secrets", "one,two", ["one", "two"]],
    ["maskErrors", "true", true],
    ["maskErrors", "0", false],
  ] as const)("reads %s from %j", (name, text, value) => {
    expect(settingRows[name].parse(text)).toEqual(value)
  })

  it.each([
    ["logLevel", "loud"],
    ["transport", "sse"],
    ["host", "local host"],
    ["port", "65536"],
    ["port", "3e3"],
    ["port", "-1"],
    ["path", "mcp"],
    ["path", "/mcp?x=1"],
    ["publicUrl", "mcp.example.com"],
    ["hosts", "https://mcp.example.com"],
    ["hosts", "a.example.com,,b.example.com"],
    ["origins", "https://a.example.com/path"],
    ["secrets", "one,"],
    ["maskErrors", "maybe"],
  ] as const)("cannot mean %s by %j", (name, text) => {
    expect(settingRows[name].parse(text)).toBeUndefined()
  })

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.constantFrom(...settingNames()), fc.string(), (name, text) => {
        settingRows[name].parse(text)
      }),
    )
  })
})
