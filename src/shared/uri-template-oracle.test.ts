import fc from "fast-check"
import uriTemplates from "uri-templates"
import { parseTemplate as parseRfc6570 } from "url-template"
import { describe, expect, it } from "vitest"
import { parseTemplate } from "./uri-template.ts"

// The variables of RFC 6570 §3.2 that are strings.
const variables = {
  var: "value",
  hello: "Hello World!",
  half: "50%",
  base: "http://example.com/home/",
  path: "/foo/bar",
  empty: "",
  v: "6",
  x: "1024",
  y: "768",
  who: "fred",
  dub: "me/too",
}

describe("the examples of RFC 6570 for what is supported", () => {
  it.each([
    ["{var}", "value"],
    ["{hello}", "Hello%20World%21"],
    ["{half}", "50%25"],
    ["map/{x}/{y}", "map/1024/768"],
    ["{+var}", "value"],
    ["{+hello}", "Hello%20World!"],
    ["{+half}", "50%25"],
    ["{base}index", "http%3A%2F%2Fexample.com%2Fhome%2Findex"],
    ["{+base}index", "http://example.com/home/index"],
    ["{+path}/here", "/foo/bar/here"],
    ["here?ref={dub}", "here?ref=me%2Ftoo"],
    ["up{+path}/{var}", "up/foo/bar/value"],
    ["{var*}", "value"],
    ["{?who}", "?who=fred"],
    ["{?half}", "?half=50%25"],
    ["{?x,y}", "?x=1024&y=768"],
    ["{?x,y,empty}", "?x=1024&y=768&empty="],
    ["{?x,y,undef}", "?x=1024&y=768"],
    ["?fixed=yes{&x}", "?fixed=yes&x=1024"],
    ["?fixed=yes{&x,y,empty}", "?fixed=yes&x=1024&y=768&empty="],
    ["?fixed=yes{&undef}", "?fixed=yes"],
  ])("x:%s gives x:%s", (template, uri) => {
    expect(parseTemplate(`x:${template}`).expand(variables)).toBe(`x:${uri}`)
  })
})

const text = fc
  .string({ unit: "binary", minLength: 1, maxLength: 20 })
  .filter((value) => !/\p{Cs}/u.test(value))
const noPercent = text.map((value) => value.replaceAll("%", "-"))
const query = fc.record({ q: text, "p-1": fc.oneof(text, fc.constant("")) }, { requiredKeys: [] })

describe("expansion", () => {
  it("agrees with url-template", () => {
    fc.assert(
      fc.property(text, noPercent, query, (a, b, rest) => {
        const template = "x://fix/{a}/{+b}"
        const values = { a, b }
        expect(parseTemplate(template).expand(values)).toBe(parseRfc6570(template).expand(values))
        const withQuery = "x://fix/{a}?k=v{&q,p-1}"
        expect(parseTemplate(withQuery).expand({ a, ...rest })).toBe(
          parseRfc6570(withQuery).expand({ a, ...rest }),
        )
      }),
    )
  })

  it("agrees with uri-templates", () => {
    fc.assert(
      fc.property(text, query, (a, rest) => {
        const template = "x://fix/{a}{?q,p-1}"
        const values = { a, ...rest }
        expect(parseTemplate(template).expand(values)).toBe(uriTemplates(template).fill(values))
      }),
    )
  })

  it("is read by uri-templates as it is read here", () => {
    fc.assert(
      fc.property(text, query, (a, rest) => {
        const template = "x://fix/{a}{?q,p-1}"
        const uri = parseTemplate(template).expand({ a, ...rest })
        expect(parseTemplate(template).match(uri)).toEqual(uriTemplates(template).fromUri(uri))
      }),
    )
  })
})

// One variable at most may cross slashes: two of them would leave open where the first one ends.
const shape = fc.record({
  before: fc.nat(2),
  many: fc.constantFrom("", "{m*}", "{+m}"),
  after: fc.nat(2),
  query: fc.constantFrom("", "{?q,p-1}", "?k=v&r={r}{&q,p-1}"),
  values: fc.record({ b0: text, b1: text, m: text, a0: text, a1: text, r: text }),
  optional: query,
})

describe("round trip", () => {
  it("reads back every value that was written", () => {
    fc.assert(
      fc.property(shape, ({ before, many, after, query, values, optional }) => {
        const parts = [...names("b", before), ...(many === "" ? [] : [many]), ...names("a", after)]
        const template = parseTemplate(`x://fix/${["y", ...parts].join("/")}${query}`)
        const given: Record<string, string> = query === "" ? values : { ...values, ...optional }
        const known = template.variables.filter(({ name }) => name in given).map(({ name }) => name)
        const expected = Object.fromEntries(known.map((name) => [name, given[name]]))
        expect(template.match(template.expand(given))).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  // In canonical form: nothing escaped that need not be, and reserved characters only where a template has them.
  const canonical = fc
    .array(fc.constantFrom("a", "B", "7", "-", ".", "_", "~", "/", "%20", "%C3%A9", "%25", "%F0%9F%9A%80"), {
      maxLength: 24,
    })
    .map((units) => units.join(""))

  it.each([
    "x://{a}",
    "x://{a}/{b}",
    "x://{a}.{b}-{c}",
    "x://{p*}/{a}",
    "x://{p*}.{q*}",
    "x://{+r}",
    "x://{a}/-{+r}",
  ])("writes the canonical URI that %s was read from", (text) => {
    const template = parseTemplate(text)
    fc.assert(
      fc.property(canonical, (rest) => {
        const values = template.match(`x://${rest}`)
        if (values !== undefined) expect(template.expand(values)).toBe(`x://${rest}`)
      }),
    )
  })

  it("is stable for any URI that matches", () => {
    const template = parseTemplate("x://{a}/{p*}{?q}")
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (rest) => {
        const values = template.match(`x://a${rest}`)
        if (values !== undefined) expect(template.match(template.expand(values))).toEqual(values)
      }),
    )
  })
})

describe("hostile input", () => {
  it("parses or refuses any text as a template", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("{", "}", "?", "&", "*", "+", "a", ",", "/", "%", "%41", "#", "=", ":")),
        (units) => {
          const template = `x:${units.join("")}`
          try {
            parseTemplate(template).match(template)
          } catch (error) {
            expect(error).toMatchObject({ code: "FLEET-04" })
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  it("never throws on any text as a URI", () => {
    const template = parseTemplate("x://{a}-{b*}.{+c}")
    fc.assert(fc.property(fc.string({ unit: "binary" }), (uri) => void template.match(`x://${uri}`)))
  })
})

function names(letter: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `{${letter}${index}}`)
}
