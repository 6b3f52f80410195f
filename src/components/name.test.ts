import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { InvalidName } from "../errors/components.ts"
import { InvalidUriTemplate } from "../errors/uri.ts"
import {
  assertPromptName,
  assertResourceName,
  assertResourceUri,
  assertToolName,
  displayTitle,
  isName,
  isUri,
  nameFromUri,
  suggestName,
  titleFromName,
} from "./name.ts"

/** Any UTF-16 units, lone surrogates among them. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 })
  .map((units) => String.fromCharCode(...units))

function refusalOf(check: () => void): InvalidName {
  try {
    check()
  } catch (error) {
    if (error instanceof InvalidName) return error
    throw error
  }
  return expect.fail("the name was accepted")
}

describe("names of tools and prompts", () => {
  it.each(["a", "find_products", "admin.tools-list", "A1", "_", "a".repeat(128)])("take %j", (name) => {
    expect(() => assertToolName(name)).not.toThrow()
    expect(() => assertPromptName(name)).not.toThrow()
  })

  it.each([
    ["find products", "find_products", /holds " "/],
    ["find,products!", "find_products", /holds ",", "!"/],
    ["café", "cafe", /holds "é"/],
    ["tools/list", "tools_list", /holds "\/"/],
    ["検索", undefined, /holds "検", "索"/],
    ["a\u0000b", "a_b", /holds "\\u0000"/],
    ["", undefined, /it is empty/],
    ["a".repeat(129), undefined, /129 characters, of at most 128/],
    [undefined, undefined, /of type `undefined`/],
  ])("refuse %j, suggesting %j", (name, suggestion, message) => {
    const refusal = refusalOf(() => assertToolName(name))
    expect(refusal.suggestion).toBe(suggestion)
    expect(refusal.message).toMatch(message)
  })

  it("get suggestions that are names", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const suggestion = suggestName(text)
        expect(suggestion === undefined || isName(suggestion)).toBe(true)
      }),
    )
  })
})

describe("names of resources", () => {
  it.each(["Quarterly report (Q1)", "設定", "a/b"])("may be any words: %j", (name) => {
    expect(() => assertResourceName(name)).not.toThrow()
  })

  it.each(["", "  ", "a\nb", "a\u202eb", "a".repeat(129), 5])("refuse %j", (name) => {
    expect(() => assertResourceName(name)).toThrow(InvalidName)
  })
})

describe("titles", () => {
  it.each([
    ["find_products", "Find Products"],
    ["find-products", "Find Products"],
    ["findProducts", "Find Products"],
    ["admin.find.products", "Admin Find Products"],
    ["getHTTPResponse", "Get HTTP Response"],
    ["list_v2", "List V2"],
    ["__add__", "Add"],
    ["add", "Add"],
    ["URL", "URL"],
    ["été_là", "Été Là"],
  ])("are made of names: %j", (name, title) => {
    expect(titleFromName(name)).toBe(title)
  })

  it("are the component's own, else that of its annotations, else made of its name", () => {
    expect(displayTitle({ name: "add", title: "Plus", annotations: { title: "Sum" } })).toBe("Plus")
    expect(displayTitle({ name: "add", annotations: { title: "Sum" } })).toBe("Sum")
    expect(displayTitle({ name: "add_up" })).toBe("Add Up")
  })

  it("never throw, whatever the name", () => {
    fc.assert(
      fc.property(anyText, (name) => {
        expect(typeof titleFromName(name)).toBe("string")
      }),
    )
  })
})

describe("URIs of resources", () => {
  it.each(["a:b", "config://settings", "file:///a%20b", "urn:isbn:1", "https://[::1]:80/a?b#c"])(
    "take %j",
    (uri) => {
      expect(() => assertResourceUri(uri)).not.toThrow()
      expect(isUri(uri)).toBe(true)
    },
  )

  it.each([
    ["settings", /no scheme.*`data:\/\/settings`/],
    ["/etc/x", /`data:\/\/etc\/x`/],
    ["", /no scheme/],
    ["a:", /no scheme/],
    ["1a://b", /no scheme/],
    ["a://b c", /cannot hold " "/],
    ["a://é", /cannot hold "é"/],
    ["a://%zz", /cannot hold "%"/],
    ["a://{id}", /cannot hold "{"/],
    ["a://b\n", /cannot hold "\\n"/],
    [`a:${"b".repeat(3000)}`, /3002 characters/],
    [5, /not a string/],
  ])("refuse %j", (uri, message) => {
    expect(() => assertResourceUri(uri)).toThrow(InvalidUriTemplate)
    expect(() => assertResourceUri(uri)).toThrow(message)
    expect(isUri(uri)).toBe(false)
  })

  it.each([
    ["config://settings", "settings"],
    ["file:///a/b%20c.txt?x=/y", "b c.txt"],
    ["a://b/", "b"],
    ["urn:isbn:1", "isbn:1"],
    ["a://%ff", "%ff"],
    ["a:?", "a:?"],
    ["a://b/%20", "%20"],
    ["a://b/c%00", "c%00"],
    ["a://b/%E2%80%AEc", "%E2%80%AEc"],
  ])("give names: %j", (uri, name) => {
    expect(nameFromUri(uri)).toBe(name)
  })

  it.each([
    ["users://{id}", "users"],
    ["users://{id}{?q}", "users"],
    ["users://{id}/files/{path*}{?format}", "files"],
    ["docs://guide/{page}.md", "guide"],
    ["weather://{city}/current", "current"],
    ["search://?kind=x&a={a}{&b}", "search"],
    ["https://example.com/{+path}", "example.com"],
    ["a://r%C3%A9sum%C3%A9/{x}", "résumé"],
    ["urn:{x}", "urn"],
    ["a://%00/{x}", "%00"],
    ["a://\u202eb/{x}", "%E2%80%AEb"],
  ])("that are templates give names without their variables: %j", (uri, name) => {
    expect(nameFromUri(uri)).toBe(name)
  })

  it("give valid names, whatever the template", () => {
    const part = fc.oneof(
      fc.constantFrom(
        "{v}",
        "{v*}",
        "{+v}",
        "{v}.md",
        "a{v}",
        "%20",
        "%00",
        "%F0%9F%98%80",
        "\u202e",
        "..",
        "",
      ),
      fc.stringMatching(/^[\w.~-]{0,140}$/),
      fc.array(fc.constantFrom("😀", "é"), { maxLength: 140 }).map((parts) => parts.join("")),
    )
    const query = fc.constantFrom("", "{?q}", "{?q,r}", "?kind=x&q={q}", "?kind=x{&q}")
    const template = fc
      .tuple(fc.constantFrom("users", "x-a+b.c"), fc.constantFrom(":", "://", ":///"), fc.array(part), query)
      .map(([scheme, start, parts, end]) => `${scheme}${start}${parts.join("/")}${end}`)
    fc.assert(
      fc.property(template, (uri) => {
        const name = nameFromUri(uri)
        expect(() => assertResourceName(name)).not.toThrow()
        expect(name).not.toMatch(/[{}]|[\uD800-\uDBFF]$/)
      }),
    )
  })
})
