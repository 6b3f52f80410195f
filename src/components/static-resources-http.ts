import { ResourceUnreadable } from "../errors/resource-unreadable.ts"
import { isTextType } from "./content-extension.ts"
import { isMediaType } from "./content-media.ts"
import { assertOptions, type OptionKind, readOptions } from "./options.ts"
import type { Resource, ResourceConfig } from "./resource.ts"
import { resourceContents } from "./resource-contents.ts"
import { fixedConfig, fixedResource } from "./static-resources.ts"

/** How the URL of a resource is fetched. */
export interface HttpResourceOptions {
  /** Sent with each request, such as an API key. */
  readonly headers?: { readonly [name: string]: string }
  /** Milliseconds for the whole request. Default 10,000. */
  readonly timeoutMs?: number
  /** The longest body, in bytes. Default 4 MiB. */
  readonly maxBytes?: number
  /** Default: the runtime's `fetch`. */
  readonly fetch?: typeof fetch
}

const MAX_REDIRECTS = 3

/**
 * Makes a resource of what a URL serves, fetched at each read. The URL is yours and fixed; redirects are followed on
 * its own origin only, so that whoever runs it cannot point this server at another host.
 *
 * @param config its URI, or all that is known of it; `mimeType` by default what the response says
 * @param url `https:`, or `http:` on this machine
 * @param options `headers`, `timeoutMs`, `maxBytes` and `fetch`.
 * @throws {ResourceUnreadable} when the URL may not be fetched
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @throws {InvalidUriTemplate} FLEET-04
 * @see S28/server/resources#reading-resources
 * @example
 * mcp.add(httpResource("status://api", "https://status.example.com/api.json", { timeoutMs: 2000 }))
 */
export function httpResource<const Uri extends string>(
  config: Uri | ResourceConfig<Uri>,
  url: string | URL,
  options: HttpResourceOptions = {},
): Resource<Uri> {
  const given = fixedConfig("httpResource", config)
  assertOptions("`httpResource()`", options, { kinds })
  const known = readOptions(options, { kinds })
  const target = checkUrl(given.uri, String(url))
  return fixedResource(given, (_, ctx) =>
    read({ uri: given.uri, target, declared: given.mimeType, ...known }, ctx.signal),
  )
}

const kinds: { readonly [name in keyof HttpResourceOptions]-?: OptionKind } = {
  headers: "object",
  timeoutMs: "ms",
  maxBytes: "count",
  fetch: "function",
}

interface Source extends HttpResourceOptions {
  readonly uri: string
  readonly target: URL
  readonly declared: string | undefined
}

const loopback: readonly string[] = ["localhost", "127.0.0.1", "[::1]"]

function checkUrl(uri: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === "https:" || (url?.protocol === "http:" && loopback.includes(url.hostname))) return url
  const problem = `\`${text.slice(0, 100)}\` is neither \`https:\` nor on this machine`
  throw new ResourceUnreadable(uri, problem, { fix: "Use an `https:` URL." })
}

async function read(source: Source, signal: AbortSignal): Promise<unknown> {
  const timeout = AbortSignal.timeout(source.timeoutMs ?? 10_000)
  const response = await request(source, AbortSignal.any([signal, timeout]))
  const bytes = await readBody(source, response)
  const said = response.headers.get("content-type") ?? ""
  const mimeType = source.declared ?? (isMediaType(said) ? said : "application/octet-stream")
  return resourceContents(isTextType(mimeType) ? decode(bytes, mimeType) : bytes, { mimeType })
}

async function request(source: Source, signal: AbortSignal): Promise<Response> {
  let url = source.target
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetchOnce(source, url, signal)
    if (response.ok) return response
    await response.body?.cancel()
    url = nextUrl(source, url, response)
  }
  throw new ResourceUnreadable(source.uri, `it redirects more than ${MAX_REDIRECTS} times`)
}

async function fetchOnce(source: Source, url: URL, signal: AbortSignal): Promise<Response> {
  const { fetch = globalThis.fetch, headers = {} } = source
  try {
    return await fetch(url.href, { headers, signal, redirect: "manual" })
  } catch (cause) {
    throw new ResourceUnreadable(source.uri, "its server did not answer", { cause })
  }
}

function nextUrl(source: Source, url: URL, response: Response): URL {
  const location = response.headers.get("location")
  if (
    response.status < 300 ||
    response.status >= 400 ||
    location === null ||
    !URL.canParse(location, url.href)
  ) {
    throw new ResourceUnreadable(source.uri, `its server answered with status ${response.status}`)
  }
  const next = new URL(location, url)
  if (next.origin === source.target.origin) return next
  const fix = "Give the URL it redirects to, if you trust it."
  throw new ResourceUnreadable(source.uri, "it redirects to another host", { fix })
}

async function readBody(source: Source, response: Response): Promise<Uint8Array> {
  const { maxBytes = 4 * 1024 * 1024, uri } = source
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    // Node's types give a response's body no element type; the fetch standard gives it bytes.
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.length
      if (length > maxBytes) throw new ResourceUnreadable(uri, `its body is longer than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof ResourceUnreadable) throw cause
    throw new ResourceUnreadable(uri, "its body could not be read", { cause })
  }
  return join(chunks, length)
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

/** Text in the charset that the type names; bytes when the runtime does not know it or they are not in it. */
function decode(bytes: Uint8Array, mimeType: string): string | Uint8Array {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(mimeType)?.[1] ?? "utf-8"
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch {
    // An unknown charset, or bytes that are not in it: nothing is lost by sending the bytes.
    return bytes
  }
}
