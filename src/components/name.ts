import { InvalidName } from "../errors/components.ts"
import { show } from "../errors/protocol.ts"
import { InvalidUriTemplate } from "../errors/uri.ts"
import { lazyPattern } from "../shared/characters.ts"
import { clip } from "../shared/clip.ts"

/** The longest name the specification advises. */
const MAX_NAME_LENGTH: number = 128
/** The longest URI or URI template that is registered. */
const MAX_URI_LENGTH: number = 2048

// Within `findProducts` and `HTTPServer`.
const wordEnd = /* @__PURE__ */ lazyPattern("[\\p{Ll}\\d](?=\\p{Lu})|\\p{Lu}(?=\\p{Lu}\\p{Ll})", "gu")
const namePattern = /^[A-Za-z0-9_.-]{1,128}$/

/** Tells whether a text is a tool or prompt name: 1 to 128 of `A-Z a-z 0-9 _ . -`. */
export function isName(name: unknown): name is string {
  return typeof name === "string" && namePattern.test(name)
}

/**
 * Checks the name of a tool.
 *
 * @throws {InvalidName} with a valid name near it, where there is one
 * @see S28/server/tools#tool-names
 */
export function assertToolName(name: unknown): asserts name is string {
  assertStrictName("tool", name)
}

/**
 * Checks the name of a prompt, by the rule for tools: hosts make commands of both.
 *
 * @throws {InvalidName} with a valid name near it, where there is one
 */
export function assertPromptName(name: unknown): asserts name is string {
  assertStrictName("prompt", name)
}

/**
 * Checks the name of a resource, which people read: any text of 1 to 128 characters without control characters.
 *
 * @throws {InvalidName}
 */
export function assertResourceName(name: unknown): asserts name is string {
  if (typeof name !== "string") throw new InvalidName("resource", `it is ${describe(name)}`)
  if (name.trim() === "") throw new InvalidName("resource", "it is empty")
  if (name.length > MAX_NAME_LENGTH) throw tooLong("resource", name)
  if (isReadable(name)) return
  throw new InvalidName(
    "resource",
    `${describe(name)} holds control characters or half a character`,
    clip(name, MAX_NAME_LENGTH),
  )
}

function isReadable(name: string): boolean {
  return clip(name, MAX_NAME_LENGTH) === name
}

function assertStrictName(kind: string, name: unknown): void {
  if (isName(name)) return
  if (typeof name !== "string") throw new InvalidName(kind, `it is ${describe(name)}, not a string`)
  if (name === "") throw new InvalidName(kind, "it is empty")
  if (name.length > MAX_NAME_LENGTH) throw tooLong(kind, name)
  const odd = [...new Set(name.match(/[^A-Za-z0-9_.-]/gu))].slice(0, 5)
  const problem = `${describe(name)} holds ${odd.map((char) => JSON.stringify(char)).join(", ")}`
  throw new InvalidName(kind, `${problem}, but only A-Z a-z 0-9 _ . - are allowed`, suggestName(name))
}

function tooLong(kind: string, name: string): InvalidName {
  return new InvalidName(
    kind,
    `${describe(name)} has ${name.length} characters, of at most ${MAX_NAME_LENGTH}`,
  )
}

/** Returns a valid name near the one given, or `undefined` when nothing of it can be kept. */
export function suggestName(name: string): string | undefined {
  const plain = name
    .slice(0, 1024)
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]+/g, "")
  const kept = plain.replace(/[^A-Za-z0-9_.-]+/g, "_").replace(/^_+|_+$/g, "")
  return kept === "" ? undefined : kept.slice(0, MAX_NAME_LENGTH)
}

/**
 * Makes a title of a name: `find_products`, `find-products`, `findProducts` and `find.products` give "Find Products".
 */
export function titleFromName(name: string): string {
  const spaced = name
    .slice(0, 1024)
    .replace(/[_.\-\s]+/g, " ")
    .replace(wordEnd(), "$& ")
    .trim()
  return spaced.replace(/(^| )\S/gu, (start) => start.toUpperCase())
}

/** Returns what a host shows for a component: its title, else that of its annotations, else one made of its name. */
export function displayTitle(component: {
  readonly name: string
  readonly title?: string | undefined
  readonly annotations?: { readonly title?: string | undefined } | undefined
}): string {
  return component.title ?? component.annotations?.title ?? titleFromName(component.name)
}

/** The title under another name: one that was made of the old name is made of the new one. */
export function renamedTitle(
  { name, title }: { readonly name: string; readonly title: string },
  to: string,
): string {
  return title === titleFromName(name) ? titleFromName(to) : title
}

/** Tells whether a text is an absolute URI by RFC 3986: a scheme, then only characters that URIs may hold. */
export function isUri(uri: unknown): uri is string {
  return typeof uri === "string" && uri.length <= MAX_URI_LENGTH && uriPattern.test(uri)
}

const uriPattern = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/

/**
 * Checks the URI of a resource.
 *
 * @throws {InvalidUriTemplate} FLEET-04: it has no scheme, or holds what a URI cannot hold
 * @see https://www.rfc-editor.org/rfc/rfc3986
 */
export function assertResourceUri(uri: unknown): asserts uri is string {
  if (isUri(uri)) return
  if (typeof uri !== "string")
    throw new InvalidUriTemplate(show(uri), "it is not a string", 'Give one, such as `"data://name"`.')
  if (uri.length > MAX_URI_LENGTH) {
    throw new InvalidUriTemplate(uri, `it has ${uri.length} characters`, `Use at most ${MAX_URI_LENGTH}.`)
  }
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:./s.test(uri)) {
    const path = uri.replace(/^[:/]+/, "").slice(0, 100)
    throw new InvalidUriTemplate(uri, "it has no scheme", `Begin with one: \`data://${path || "name"}\`.`)
  }
  const odd = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/u.exec(uri)?.[0] ?? "%"
  const problem = `a URI cannot hold ${JSON.stringify(odd)} as it stands`
  throw new InvalidUriTemplate(uri, problem, "Percent-encode it with `encodeURIComponent()`.")
}

/**
 * Makes a name of a URI: its last segment, decoded; else its host; else the URI itself. Of a URI template, the last
 * segment without variables counts, else the scheme: `users://{id}` gives `users`.
 */
export function nameFromUri(uri: string): string {
  // A mark instead of each expression: one may hold a `?`, which begins no query.
  const [, scheme, rest = ""] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(uri.replace(/\{[^}]*\}/g, "{")) ?? []
  const segments = rest.replace(/[?#].*$/s, "").split("/")
  const segment = segments.findLast((part) => part !== "" && !part.includes("{"))
  return readable(segment ?? (uri.includes("{") ? scheme : undefined) ?? uri).slice(0, MAX_NAME_LENGTH)
}

/** Decodes a text, as far as people can read what comes out. */
function readable(text: string): string {
  let decoded: string
  try {
    decoded = decodeURIComponent(text)
  } catch {
    // Not UTF-8 behind the escapes: the escaped form is a name as well.
    return text
  }
  // Half a character would be left where the text is cut.
  const cut = decoded.slice(0, MAX_NAME_LENGTH).replace(/[\uD800-\uDBFF]$/, "")
  return cut.trim() === "" || !isReadable(cut) ? encodeURIComponent(cut) : cut
}

function describe(name: unknown): string {
  if (typeof name !== "string") return name === null ? "`null`" : `of type \`${typeof name}\``
  return `\`${name.length <= 60 ? name : `${name.slice(0, 60)}…`}\``
}
