import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseTemplate, type UriTemplate } from "../uri-template.ts"
import { templateIndex } from "./template-index.ts"

function indexOf(templates: readonly string[]) {
  return templateIndex(templates.map((text): [UriTemplate, string] => [parseTemplate(text), text]))
}

describe("templateIndex", () => {
  it("finds the first registered of several matches", () => {
    const index = indexOf(["a://{x*}", "a://b/{y}", "a://{z}/c"])
    expect(index.find("a://b/c")).toEqual({ value: "a://{x*}", variables: { x: "b/c" } })
    expect([...index.findAll("a://b/c")].map(({ value }) => value)).toEqual([
      "a://{x*}",
      "a://b/{y}",
      "a://{z}/c",
    ])
  })

  it("looks up in normal form", () => {
    expect(indexOf(["a://~b/{y}"]).find("A://%7Eb/%20")).toEqual({
      value: "a://~b/{y}",
      variables: { y: " " },
    })
  })

  it.each(["b://c", "a", "", "a://%zz", "a://"])("finds nothing for %j", (uri) => {
    expect(indexOf(["a://b/{y}", "a://{z}"]).find(uri)).toBeUndefined()
  })

  it("looks only at templates with a fitting prefix", () => {
    let asked = 0
    const counted = Array.from({ length: 1000 }, (_, i): [UriTemplate, number] => {
      const template: UriTemplate = parseTemplate(String(`s${i}://{x}`))
      function match(uri: string) {
        asked++
        return template.match(uri)
      }
      return [{ ...template, match }, i]
    })
    expect(templateIndex<number>(counted).find("s777://y")).toMatchObject({ value: 777 })
    expect(asked).toBe(1)
  })

  it("agrees with asking every template in turn", () => {
    const pool = [
      "a://{x}",
      "a://{x*}",
      "a://b{x}",
      "a://b/{x}",
      "a://b/c",
      "b://{+x}",
      "a://b{?x}",
      "a://b/c{?x}",
    ]
    const uri = fc
      .array(fc.constantFrom("a://", "b://", "b", "c", "/", "?", "x=1"))
      .map((units) => units.join(""))
    fc.assert(
      fc.property(fc.shuffledSubarray(pool), uri, (templates, text) => {
        const expected = templates.filter((template) => parseTemplate(template).match(text) !== undefined)
        expect([...indexOf(templates).findAll(text)].map(({ value }) => value)).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })
})
