import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { InvalidIcon } from "../errors/components.ts"
import { assertSafeSvg } from "./icon-svg.ts"

const check = (svg: string | Uint8Array): void =>
  assertSafeSvg(typeof svg === "string" ? new TextEncoder().encode(svg) : svg)
const inside = (markup: string): string => `<svg xmlns="http://www.w3.org/2000/svg">${markup}</svg>`

describe("an SVG that only draws", () => {
  it.each([
    "<svg/>",
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- Generator: Studio 1.0 -->\n<svg viewBox="0 0 9 9"></svg>\n',
    "\ufeff<svg></svg>",
    inside('<title>A &amp; B</title><path d="M0 0h9" fill="url(#g)" stroke=\'red\'/>'),
    inside('<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'),
    inside('<symbol id="s"><circle r="1"/></symbol><use href="#s"/><use xlink:href="#s"/>'),
    inside('<g inkscape:label="Layer 1" style="fill:#fff;filter:url(&quot;#f&quot;)" id="only-one"/>'),
    inside('<rect\n  width="1"\n  height = "2" ></rect >'),
  ])("is taken: %s", (svg) => {
    expect(() => check(svg)).not.toThrow()
  })
})

describe("an SVG that does more", () => {
  it.each([
    ["a script", inside("<script>alert(1)</script>")],
    ["a script in capitals", inside("<SCRIPT>alert(1)</SCRIPT>")],
    ["a script under a prefix", inside('<x:script xmlns:x="http://www.w3.org/2000/svg">1</x:script>')],
    ["HTML", inside("<foreignObject><b>x</b></foreignObject>")],
    ["an iframe", inside('<iframe src="#a"/>')],
    ["an image", inside('<image href="#a"/>')],
    ["an image in a filter", inside('<filter><feImage href="#a"/></filter>')],
    ["a link", inside('<a href="#x">x</a>')],
    ["an animation of a link", inside('<animate attributeName="href" values="javascript:alert(1)"/>')],
    ["a set", inside('<set attributeName="onclick" to="alert(1)"/>')],
    ["an event handler", '<svg onload="alert(1)"/>'],
    ["an event handler in capitals", "<svg ONLOAD='alert(1)'/>"],
    ["an external use", inside('<use href="https://evil.example/x.svg#a"/>')],
    ["an external use by a prefix", inside('<use xlink:href="//evil.example/x.svg#a"/>')],
    ["a use of a data URI", inside('<use href="data:image/svg+xml;base64,AAAA#a"/>')],
    ["a base", '<svg xml:base="https://evil.example/"/>'],
    ["an external paint", inside('<path fill="url(https://evil.example/a)"/>')],
    ["an external paint, quoted", inside("<path fill=\"url( 'https://evil.example/a' )\"/>")],
    ["an external paint, escaped", inside('<path fill="u\\72l(https://evil.example/a)"/>')],
    ["an external paint by references", inside('<path fill="&#117;rl(https://evil.example/a)"/>')],
    ["rules for the page around it", inside("<style>body { display: none }</style>")],
    ["an import", inside("<g style=\"@import 'https://evil.example/a.css'\"/>")],
    ["an import, escaped", inside("<g style=\"\\40 import 'https://evil.example/a.css'\"/>")],
    ["an external background", inside('<g style="background: url(//evil.example/a)"/>')],
    ["an image set", inside("<g style=\"mask: image-set('https://evil.example/a' 1x)\"/>")],
    ["an expression", inside('<g style="width: expression(alert(1))"/>')],
    ["a javascript value", inside('<g style="a: javascript:alert(1)"/>')],
    ["a DOCTYPE", `<!DOCTYPE svg>${inside("")}`],
    ["an entity", `<!DOCTYPE svg [<!ENTITY a "b">]>${inside("&a;")}`],
    ["an unknown entity", inside("<text>&a;</text>")],
    ["CDATA", inside("<title><![CDATA[ a ]]></title>")],
    ["a stylesheet instruction", `<?xml-stylesheet href="https://evil.example/a.css"?>${inside("")}`],
    ["an instruction inside", inside("<?php echo 1 ?>")],
    ["a comment that HTML ends early", inside("<!--><script>alert(1)</script>-->")],
    ["a comment with markup", inside("<!-- <b> -->")],
    ["markup in a title", inside('<title><g id="</title>"/></title>')],
    ["another namespace", inside('<g xmlns="http://www.w3.org/1999/xhtml"/>')],
    ["another root", "<g><svg/></g>"],
    ["two roots", "<svg/><svg/>"],
    ["text after the root", "<svg/>alert(1)"],
    ["tags that do not match", "<svg><g></svg></g>"],
    ["a tag that is not closed", "<svg><g>"],
    ["an attribute without quotes", "<svg a=b/>"],
    ["an attribute without a value", "<svg a/>"],
    ["attributes without a space", '<svg a="1"onload="alert(1)"/>'],
    ["an angle bracket in an attribute", '<svg a="<b>"/>'],
    ["another encoding", '<?xml version="1.0" encoding="utf-7"?><svg/>'],
    ["no UTF-8", new Uint8Array([0x3c, 0x73, 0x76, 0x67, 0x2f, 0x3e, 0xff])],
    ["a NUL before a tag name", "<svg><\u0000script/></svg>"],
    ["nothing", ""],
    ["uses that multiply", inside('<use href="#a"/>'.repeat(17))],
  ])("is refused: %s", (_, svg) => {
    expect(() => check(svg)).toThrow(InvalidIcon)
  })

  it("is refused quickly, however it is built", () => {
    const size = 60_000
    const started = performance.now()
    for (const svg of [
      `<svg ${"a ".repeat(size / 2)}`,
      `<svg ${" ".repeat(size)}`,
      `<svg${' a="1"'.repeat(size / 6)}`,
      `<svg a="${"url(".repeat(size / 4)}"/>`,
      `<svg a="url${" ".repeat(size)}(x)"/>`,
      "<svg>".repeat(size / 5),
      `<svg>${"<!--".repeat(size / 4)}`,
      `<svg>${"&amp".repeat(size / 4)}</svg>`,
    ]) {
      expect(() => check(svg)).toThrow(InvalidIcon)
    }
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe("any text", () => {
  const piece = fc.constantFrom(
    ...[
      "<svg",
      "</svg>",
      "<g",
      "</g>",
      ">",
      "/>",
      ' a="',
      '"',
      "<!--",
      "-->",
      "<script",
      "&lt;",
      "url(",
      "#a",
      ")",
      "x",
    ],
  )

  it("that is taken holds no script, handler or outside reference", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const svg = `<svg${pieces.join("")}`
        try {
          check(svg)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidIcon)
          return
        }
        expect(svg).not.toMatch(/<script/)
      }),
    )
  })

  it("is no safer for comments inside of what is forbidden: browsers join the text around them", () => {
    const forbidden = fc.constantFrom(
      "<style>body{background:url(https://evil.example/p)}</style>",
      "<style>a{b:expression(alert(1))}</style>",
      "<style>@import 'https://evil.example/a.css'</style>",
      "<script>alert(1)</script>",
      '<g style="mask:image-set(&quot;https://evil.example/a&quot; 1x)"/>',
      '<path fill="url(https://evil.example/a)"/>',
      '<use href="https://evil.example/a.svg#a"/>',
      '<g onload="alert(1)"/>',
    )
    const splits = fc.array(
      fc.tuple(fc.nat({ max: 60 }), fc.constantFrom("<!---->", "<!--x-->", "<![CDATA[]]>")),
    )
    fc.assert(
      fc.property(forbidden, splits, (markup, comments) => {
        const split = comments.reduce<string>(
          (text, [at, comment]) => text.slice(0, at) + comment + text.slice(at),
          markup,
        )
        expect(() => check(inside(split))).toThrow(InvalidIcon)
      }),
    )
  })
})
