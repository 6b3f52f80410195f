import { describe, expect, it } from "vitest"
import { InvalidTemplateValue, InvalidUriTemplate } from "../errors/uri.ts"
import { isTemplate, parseTemplate } from "./uri-template.ts"

function match(template: string, uri: string) {
  return parseTemplate(template).match(uri)
}

function problem(template: string): string {
  try {
    parseTemplate(template)
  } catch (error) {
    if (error instanceof InvalidUriTemplate) return error.message
    throw error
  }
  return "accepted"
}

describe("parseTemplate", () => {
  it("lists the variables with their kinds", () => {
    const { variables } = parseTemplate("users://{id}/{path*}/{+rest}{?format}")
    expect(variables).toEqual([
      { name: "id", kind: "path", required: true },
      { name: "path", kind: "explode", required: true },
      { name: "rest", kind: "reserved", required: true },
      { name: "format", kind: "query", required: false },
    ])
  })

  it("requires a variable that a fixed query parameter takes", () => {
    expect(parseTemplate("a://b?q={term}").variables).toEqual([
      { name: "term", kind: "query", required: true },
    ])
  })

  it("gives the normalised text before the first variable as prefix", () => {
    expect(parseTemplate("USERS://%7ebob/%c3%a9/{id}").prefix).toBe("users://~bob/%C3%A9/")
  })

  it("gives a frozen value", () => {
    const template = parseTemplate("a://{x}")
    expect([template, template.variables, template.variables[0]].every(Object.isFrozen)).toBe(true)
  })

  it("accepts a URI without variables", () => {
    expect(match("config://settings", "config://settings")).toEqual({})
  })

  it.each(["users://{id}", "urn:isbn:{isbn}", "a+b.c-d:{x}", "users://", "a://'b'/%C3%A9/é"])(
    "accepts %s",
    (template) => expect(problem(template)).toBe("accepted"),
  )

  it.each(["user-id", "user_id", "file.ext", "1", "a1.b2-c"])("accepts the variable name %s", (name) => {
    expect(match(`a://{${name}}`, "a://v")).toEqual({ [name]: "v" })
  })

  it.each([
    ["users/{id}", "it has no scheme"],
    ["{scheme}://x", "it has no scheme"],
    ["", "it has no scheme"],
    ["1a://x", "it has no scheme"],
    ["a://b c", "illegal character `U+0020`. Percent-encode it: `%20`."],
    ["a://b\\c", "illegal character `\\`. Percent-encode it: `%5C`."],
    ["a://<b>", "illegal character `<`"],
    ["a://b\n", "illegal character `U+000A`"],
    ["a://b\u0000", "illegal character `U+0000`"],
    ["a://\ud800", "not well-formed Unicode"],
    ["a://%zz", "`%zz` is no percent-encoding"],
    ["a://%", "`%` is no percent-encoding"],
    ["a://%ff", "is not UTF-8"],
    ["a://%C3{x}", "is not UTF-8"],
    ["a://{b", "`{` at position 4 is never closed"],
    ["a://b}", "`}` at position 5 closes nothing"],
    ["a://{b{c}}", "`{` at position 6 stands inside of braces"],
    ["a://{}", "an expression without a name"],
    ["a://{?}", "has the name ``"],
    ["a://{ b}", "operator ` `"],
    ["a://{b c}", "has the name `b c`"],
    ["a://{ü}", "operator `ü`"],
    ["a://{b.}", "has the name `b.`"],
    ["a://{-b}", "uses the operator `-`"],
    ["a://{__proto__}", "cannot be named `__proto__`"],
    ["a://{/b}", "uses the operator `/`. Write `/{b}`. Use `{x}`, `{x*}`, `{+x}`, `{?a,b}` or `{&a}`."],
    ["a://{.b}", "uses the operator `.`. Write `.{b}`."],
    ["a://{#b}", "uses the operator `#`. Write `#{b}`."],
    ["a://{;b}", "uses the operator `;`. Use `{x}`, `{x*}`, `{+x}`, `{?a,b}` or `{&a}`."],
    ["a://{|b}", "uses the operator `|`. Use `{x}`"],
    ["a://{b:3}", "uses the modifier `:3`"],
    ["a://{b?}", "Only query variables are optional: write `{?name}` at the end."],
    ["a://{+b*}", "uses the modifier `*`"],
    ["a://{?b*}", "uses the modifier `*`"],
    ["a://{b,c}", "Write `{b}`,`{c}`"],
    ["a://{+b,c}", "Write `{+b}`,`{+c}`"],
    ["a://{b}/{b}", "names `b` twice"],
    ["a://{b}{?b}", "names `b` twice"],
    ["a://{?b,b}", "names `b` twice"],
    ["a://x?b=1{&b}", "names `b` twice"],
    ["a://{b}{c}", "nothing says where `b` ends"],
    ["a://{b*}{+c}", "nothing says where `b` ends"],
    ["a://{&b}", "Write `{?b}` at the end"],
    ["a://{?b}/c", "`/c` stands behind the query variables"],
    ["a://{?b}{c}", "`{c}` stands in or behind the query"],
    ["a://{?b}{?c}", "`{?c}` stands in or behind the query"],
    ["a://{?b}{&c}", "Write `{?b,c}`."],
    ["a://x?", "has no fixed name"],
    ["a://x?{b}", "has no fixed name"],
    ["a://x?b={c}-{d}", "is more than one variable"],
    ["a://x?b={c*}", "is more than one variable"],
    ["a://x?b=1{?c}", "is more than one variable"],
    ["a://x#y{?b}", "a fragment and a query"],
    ["a://x{?b}#y", "stands behind the query variables"],
    [`a://${"b".repeat(4093)}`, "it has 4097 characters"],
    [`a://x{?${Array.from({ length: 129 }, (_, i) => `b${i}`)}}`, "it has 129 variables"],
  ])("refuses %j", (template, message) => {
    expect(problem(template)).toContain(message)
  })

  it("has the permanent code for a bad URI", () => {
    expect(new InvalidUriTemplate("x", "y", "Z.").code).toBe("FLEET-04")
  })

  it("keeps a long or multi-line template from filling the message", () => {
    const message = problem(`x y\n${"{".repeat(100_000)}`)
    expect([message.length < 400, message.includes("\n")]).toEqual([true, false])
  })
})

describe("match", () => {
  it("reads one segment, decoded", () => {
    expect(match("users://{id}", "users://J%C3%BCrgen%20M")).toEqual({ id: "Jürgen M" })
  })

  it("does not let a segment cross a slash", () => {
    expect(match("users://{id}", "users://a/b")).toBeUndefined()
  })

  it("decodes an encoded slash inside a segment", () => {
    expect(match("users://{id}", "users://a%2Fb")).toEqual({ id: "a/b" })
  })

  it("decodes once only", () => {
    expect(match("users://{id}", "users://%252e%252e")).toEqual({ id: "%2e%2e" })
  })

  it.each(["users://", "users:///", "users://?", "users://#"])("finds no empty segment in %s", (uri) => {
    expect(match("users://{id}", uri)).toBeUndefined()
  })

  it("reads several segments, at least one character", () => {
    const template = parseTemplate("files://{path*}")
    expect(template.match("files://a/b%2Fc/d.txt")).toEqual({ path: "a/b/c/d.txt" })
    expect(template.match("files://")).toBeUndefined()
  })

  it("reads several segments between others", () => {
    expect(match("r://{owner}/{path*}/at/{ref}", "r://me/a/at/b/at/c")).toEqual({
      owner: "me",
      path: "a/at/b",
      ref: "c",
    })
  })

  it("reads reserved text, with what would end other variables", () => {
    expect(match("fetch://{+url}", "fetch://https://h/p?q=1#f")).toEqual({ url: "https://h/p?q=1#f" })
  })

  it("gives the first of two variables as much as it can take", () => {
    expect(match("files://{name}.{ext}", "files://a.tar.gz")).toEqual({ name: "a.tar", ext: "gz" })
  })

  it("does not end a value inside an escape", () => {
    expect(match("a://{x}2F{y}", "a://p%2Fq")).toBeUndefined()
    expect(match("a://{x}2F{y}", "a://p%2F2Fq")).toEqual({ x: "p/", y: "q" })
  })

  it("compares literal text in normal form", () => {
    expect(match("a://%7euser/caf%c3%a9/{x}", "A://~user/café/1")).toEqual({ x: "1" })
  })

  it("tells a reserved character from its escape in literal text", () => {
    expect(match("a://b:c/{x}", "a://b%3Ac/1")).toBeUndefined()
  })

  it("reads what a URI should have encoded as if it were", () => {
    expect(match("a://{x}", "a://John <Smith>")).toEqual({ x: "John <Smith>" })
  })

  it("keeps a fragment that the template has", () => {
    expect(match("a://doc#/defs/{name}", "a://doc#/defs/Pet")).toEqual({ name: "Pet" })
  })

  it.each([
    "a://%",
    "a://%4",
    "a://%zz",
    "a://%ff",
    "a://%c0%af",
    "a://%ed%a0%80",
    "a://\ud800",
    "a://b\n",
    "a://\0",
    "b",
    "",
  ])("does not match the malformed URI %j", (uri) => expect(match("a://{x}", uri)).toBeUndefined())

  it("does not match a URI above the bound", () => {
    const template = parseTemplate("a://{x}")
    expect(template.match(`a://${"b".repeat(8188)}`)).toBeDefined()
    expect(template.match(`a://${"b".repeat(8189)}`)).toBeUndefined()
  })

  it.each(["constructor", "toString", "hasOwnProperty"])("treats the variable %s like any other", (name) => {
    expect(match(`a://b{?${name}}`, "a://b")).toEqual({})
    expect(match(`a://b{?${name}}`, `a://b?${name}=1`)).toEqual({ [name]: "1" })
  })
})

describe("match on a query", () => {
  const template = parseTemplate("search://items{?q,limit}")

  it.each([
    ["search://items", {}],
    ["search://items?", {}],
    ["search://items?q=a", { q: "a" }],
    ["search://items?limit=3&q=a", { q: "a", limit: "3" }],
    ["search://items?q=", { q: "" }],
    ["search://items?q", { q: "" }],
    ["search://items?q=a&q=b", { q: "a" }],
    ["search://items?q=a=b", { q: "a=b" }],
    ["search://items?q=a%26b%3D%C3%A9", { q: "a&b=é" }],
    ["search://items?q=a+b%2Bc", { q: "a b+c" }],
    ["search://items?%71=a", { q: "a" }],
    ["search://items?q=a/b?c", { q: "a/b?c" }],
    ["search://items?utm=1&&=2&q=a&", { q: "a" }],
  ])("reads %s", (uri, values) => {
    expect(template.match(uri)).toEqual(values)
  })

  it.each([
    "search://items?q=%ff",
    "search://items?other=%zz",
    "search://items?q=a#f",
    "search://items/?q=a",
  ])("does not match %s", (uri) => expect(template.match(uri)).toBeUndefined())

  it("matches no query where the template has none", () => {
    expect(match("users://{id}", "users://1?format=json")).toBeUndefined()
  })

  it("requires fixed parameters, in any order", () => {
    const fixed = parseTemplate("a://b?kind=x%20y&q={term}{&page}")
    expect(fixed.match("a://b?page=2&q=z&kind=x+y")).toEqual({ term: "z", page: "2" })
    expect(fixed.match("a://b?q=z&kind=other")).toBeUndefined()
    expect(fixed.match("a://b?kind=x%20y")).toBeUndefined()
    expect(fixed.match("a://b")).toBeUndefined()
  })

  it("never lets a parameter replace a path variable", () => {
    expect(match("a://{id}{?x}", "a://1?id=2&x=3")).toEqual({ id: "1", x: "3" })
  })

  it("reads absent variables as absent, whatever objects inherit", () => {
    const values: { readonly [name: string]: unknown } =
      parseTemplate("opt://a{?constructor,b}").match("opt://a") ?? {}
    expect(values.constructor).toBeUndefined()
    expect(values.toString).toBeUndefined()
  })

  it("does not pollute prototypes", () => {
    template.match("search://items?__proto__=1&constructor=2")
    expect(Object.prototype).not.toHaveProperty("1")
    expect(template.match("search://items?__proto__=1")).toEqual({})
  })
})

describe("expand", () => {
  it("writes encoded values", () => {
    const template = parseTemplate("users://{id}/{path*}/{+rest}")
    expect(template.expand({ id: "a/b!", path: "c/d e", rest: "f/g?h[1]%" })).toBe(
      "users://a%2Fb%21/c/d%20e/f/g?h[1]%25",
    )
  })

  it("leaves absent query variables out and keeps empty ones", () => {
    const template = parseTemplate("a://b{?x,y,z}")
    expect(template.expand({ z: "1", y: "" })).toBe("a://b?y=&z=1")
    expect(template.expand({})).toBe("a://b")
  })

  it("keeps fixed parameters", () => {
    expect(parseTemplate("a://b?flag&kind=x&q={term}{&page}").expand({ term: "ü" })).toBe(
      "a://b?flag&kind=x&q=%C3%BC",
    )
  })

  it("encodes what would end a reserved value where a query may follow", () => {
    const template = parseTemplate("a://{+path}{?v}")
    expect(template.expand({ path: "b?c#d", v: "1" })).toBe("a://b%3Fc%23d?v=1")
  })

  it.each([
    ["a://{x}", {}, "`x` is missing"],
    ["a://{x}", { x: "" }, "`x` is empty"],
    ["a://{x}", { x: 1 }, "`x` is no string"],
    ["a://{x}", { x: "\ud800" }, "`x` holds a lone surrogate"],
    ["a://b?x={x}", {}, "`x` is missing"],
    ["a://{toString}", {}, "`toString` is missing"],
    ["a://{x}", { x: "é".repeat(8000) }, "the URI would have 48004 characters"],
  ])("refuses to expand %s with %j", (template, values, message) => {
    // Deliberately of the wrong type, as untyped callers may pass it.
    const untyped = values as Record<string, string>
    expect(() => parseTemplate(String(template)).expand(untyped)).toThrow(message)
    expect(() => parseTemplate(String(template)).expand(untyped)).toThrow(InvalidTemplateValue)
  })
})

describe("isTemplate", () => {
  it("tells templates from URIs", () => {
    expect([isTemplate("users://{id}"), isTemplate("users://1")]).toEqual([true, false])
  })
})
