import { HeaderMismatch, show } from "../../errors/protocol.ts"
import type { HeaderParam } from "../../schema/header-params.ts"
import { decodeHeaderValue } from "../../spec/headers.ts"
import { isObject, type Params, type RequestMessage } from "../jsonrpc.ts"
import type { Method } from "../method.ts"
import type { HeaderBag } from "../transport.ts"

/**
 * Checks that the version header is there and agrees with the body.
 *
 * @throws {HeaderMismatch}
 */
export function checkVersionHeader(headers: HeaderBag, claimed: unknown): void {
  const header = headers.get("mcp-protocol-version")
  if (header === undefined) throw missing("MCP-Protocol-Version", "the protocol version of `_meta`")
  // A body without a version, or with one that is no string, is told so by the envelope's check.
  if (typeof claimed !== "string") return
  if (header !== claimed) throw mismatch("MCP-Protocol-Version", header, claimed)
}

/**
 * Checks the headers that repeat the method and the name of what it acts on.
 *
 * @throws {HeaderMismatch}
 * @see S28/basic/transports/streamable-http#server-validation
 */
export function checkMethodHeaders(
  headers: HeaderBag,
  { method, params }: Pick<RequestMessage, "method" | "params">,
  row: Method | undefined,
): void {
  const header = headers.get("mcp-method")
  if (header === undefined) throw missing("Mcp-Method", "the request's `method`")
  if (header !== method) throw mismatch("Mcp-Method", header, method)
  if (row?.nameParam === undefined) return
  const expected = params?.[row.nameParam]
  // A missing or malformed name is for the parameters' own check to explain.
  if (typeof expected !== "string") return
  const name = headers.get("mcp-name")
  if (name === undefined) throw missing("Mcp-Name", `\`params.${row.nameParam}\``)
  if (name === expected) return
  if (decodeHeaderValue(name) !== expected) throw mismatch("Mcp-Name", name, expected)
}

/**
 * Checks the headers that repeat arguments (`x-mcp-header`).
 *
 * @throws {HeaderMismatch}
 * @see S28/basic/transports/streamable-http#server-behavior-for-custom-headers
 */
export function checkParamHeaders(
  headers: HeaderBag,
  declared: readonly HeaderParam[],
  params: Params,
): void {
  for (const { header, path, type } of declared) {
    const name = `Mcp-Param-${header}`
    const raw = headers.get(name.toLowerCase())
    const value = valueAt(params.arguments, path)
    if (value === undefined || value === null) {
      if (raw !== undefined) throw mismatch(name, raw, "no value")
      continue
    }
    if (raw === undefined) throw missing(name, `the argument \`${path.join(".")}\``)
    const decoded = decodeHeaderValue(raw)
    if (decoded === undefined) {
      throw new HeaderMismatch(`The header \`${name}\` is not valid base64: \`${raw.slice(0, 60)}\`.`, {
        fix: "Write it as `=?base64?…?=` with padding, or as plain text.",
      })
    }
    if (!agrees(decoded, value, type)) throw mismatch(name, decoded, value)
  }
}

function agrees(header: string, value: unknown, type: HeaderParam["type"]): boolean {
  if (typeof value === "object") return false
  if (header === String(value)) return true
  // S28/basic/transports/streamable-http#server-validation: integers compare as numbers, 42.0 is 42.
  return type === "integer" && decimal.test(header) && Number(header) === value
}

const decimal = /^-?\d{1,20}(\.0{1,20})?$/

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

function missing(name: string, what: string): HeaderMismatch {
  return new HeaderMismatch(`The header \`${name}\` is missing.`, { fix: `Send it; it repeats ${what}.` })
}

function mismatch(name: string, header: string, body: unknown): HeaderMismatch {
  return new HeaderMismatch(
    `The header \`${name}\` says \`${header.slice(0, 60)}\`, the body says \`${show(body)}\`.`,
    { fix: "Send the same value in both." },
  )
}
