import { InvalidIcon } from "../errors/components.ts"
import { fromUtf8, withoutMark } from "../shared/utf8.ts"

// Only what draws. What is missing here runs code (`script`, `animate` on `href`), opens HTML (`foreignObject`),
// loads (`image`, `feImage`), links (`a`) or styles the page around it (`style`).
const drawing = /* @__PURE__ */ new Set([
  ...["svg", "g", "defs", "symbol", "use", "switch", "title", "desc", "view"],
  ...["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath"],
  ...["linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker", "filter"],
  ...["feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feDropShadow", "feFlood", "feFuncA"],
  ...[
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
  ],
])

/** HTML parsers read elements inside these as HTML, so they may hold text only. */
const textOnly = /* @__PURE__ */ new Set(["title", "desc"])

/** Each `use` can double what the ones before drew. */
const MAX_USES = 16

/**
 * Refuses an SVG that is more than a drawing: hosts may inline it. It is refused and not cleaned, so that the author
 * sees what is sent.
 *
 * @throws {InvalidIcon} FLEET-24
 */
export function assertSafeSvg(bytes: Uint8Array): void {
  const text = decodeUtf8(bytes)
  const open: string[] = []
  let uses = 0
  let seenRoot = false
  for (const token of tokens(text)) {
    const { kind } = token
    if (kind === "text") {
      assertText(token.text, open)
    } else if (kind === "end") {
      if (open.pop() !== token.name) throw refuse("its tags do not match")
    } else if (kind === "start") {
      assertElement(token, open, seenRoot)
      seenRoot = true
      if (token.name === "use" && ++uses > MAX_USES)
        throw refuse(`it has more than ${MAX_USES} \`use\` elements`)
      if (!token.empty) open.push(token.name)
    }
  }
  if (!seenRoot || open.length > 0) throw refuse("it is not well-formed")
}

type Token =
  | { readonly kind: "skip" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "end"; readonly name: string }
  | { readonly kind: "start"; readonly name: string; readonly attributes: string; readonly empty: boolean }

// An XML declaration, a comment without angle brackets (HTML ends some comments early), a tag, or text. Anything
// else, such as a DOCTYPE, an entity, CDATA or another instruction, matches none and is refused.
const declaration = /^\s*<\?xml[ \t\r\n][^<>?]*\?>/
const comment = /<!--(?!-?>)[^<>]*-->/y
const startTag =
  /<([A-Za-z][\w.:-]*)((?:[ \t\r\n]+[A-Za-z_][\w.:-]*[ \t\r\n]*=[ \t\r\n]*(?:"[^"<]*"|'[^'<]*'))*)[ \t\r\n]*(\/?)>/y
const endTag = /<\/([A-Za-z][\w.:-]*)[ \t\r\n]*>/y
const plainText = /[^<]+/y

function* tokens(text: string): Generator<Token, void> {
  let position = checkDeclaration(text)
  while (position < text.length) {
    const [token, next] = nextToken(text, position)
    yield token
    position = next
  }
}

function checkDeclaration(text: string): number {
  const found = declaration.exec(text)?.[0]
  if (found === undefined) return 0
  const encoding = /encoding\s*=\s*["']([^"']*)["']/.exec(found)?.[1]
  if (encoding !== undefined && encoding.toLowerCase() !== "utf-8") throw refuse("it is not in UTF-8")
  return found.length
}

function nextToken(text: string, position: number): readonly [Token, number] {
  const start = matchAt(startTag, text, position)
  if (start !== undefined) {
    const [all, name = "", attributes = "", slash] = start
    return [{ kind: "start", name, attributes, empty: slash === "/" }, position + all.length]
  }
  const end = matchAt(endTag, text, position)
  if (end !== undefined) return [{ kind: "end", name: end[1] ?? "" }, position + end[0].length]
  const words = matchAt(plainText, text, position)
  if (words !== undefined) return [{ kind: "text", text: words[0] }, position + words[0].length]
  const remark = matchAt(comment, text, position)
  if (remark !== undefined) return [{ kind: "skip" }, position + remark[0].length]
  const shown = text.slice(position, position + 20)
  throw refuse(`it holds \`${shown}\`, which is not well-formed or not allowed`)
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position
  return pattern.exec(text) ?? undefined
}

type StartTag = Extract<Token, { kind: "start" }>

function assertElement({ name, attributes }: StartTag, open: readonly string[], seenRoot: boolean): void {
  const parent = open.at(-1)
  if (parent === undefined && (seenRoot || name !== "svg")) throw refuse("its root is not one `svg` element")
  if (!drawing.has(name)) throw refuse(`it has a \`${name}\` element`)
  if (parent !== undefined && textOnly.has(parent)) throw refuse(`its \`${parent}\` holds an element`)
  for (const [, attribute = "", double, single] of attributes.matchAll(attributePattern)) {
    assertAttribute(attribute, double ?? single ?? "")
  }
}

const attributePattern = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

function assertAttribute(name: string, value: string): void {
  const local = name.slice(name.lastIndexOf(":") + 1).toLowerCase()
  if (local.startsWith("on")) throw refuse(`it has an event handler, \`${name}\``)
  if (local === "base") throw refuse(`it has \`${name}\``)
  if (name === "xmlns" && value !== "http://www.w3.org/2000/svg") throw refuse("it changes the namespace")
  if ((local === "href" || local === "src") && !/^#[\w.:-]+$/.test(value))
    throw refuse("it refers to something outside")
  assertReferences(value)
  if (name === "style") assertStyle(value)
  else if (!name.startsWith("xmlns")) assertPaint(value)
}

function assertText(text: string, open: readonly string[]): void {
  if (open.length === 0 && text.trim() !== "") throw refuse("it has text outside of its root")
  assertReferences(text)
}

/** Numeric references can spell what the other checks look for. */
function assertReferences(text: string): void {
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) throw refuse("it holds character references")
}

function assertStyle(css: string): void {
  if (/@|expression\s*\(/i.test(css)) throw refuse("it holds a style that can load or run something")
  assertPaint(css)
}

/** Values may refer to fragments only; a backslash can spell `url` in escapes. */
function assertPaint(value: string): void {
  if (/\\|(?:java|vb)script\s*:|image(?:-set)?\s*\(|src\s*\(/i.test(value)) {
    throw refuse("it holds a value that can load or run something")
  }
  for (const [, target = ""] of value.matchAll(/url\s*\(\s*(?:["']|&quot;|&apos;)?(.?)/gis)) {
    if (target !== "#") throw refuse("a value in it refers to something outside")
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  const text = fromUtf8(bytes)
  if (text === undefined) throw refuse("it is not in UTF-8")
  return withoutMark(text)
}

function refuse(problem: string, cause?: unknown): InvalidIcon {
  const fix = "Export it as plain, optimised SVG without scripts, links and metadata, or use a PNG."
  return new InvalidIcon(`the SVG is unsafe: ${problem}`, fix, { cause })
}
