import { InvalidAnnotations, InvalidMeta, NotSerializable, UnawaitedPromise } from "../errors/components.ts"
import { quoted } from "../errors/server.ts"
import { clip } from "../shared/clip.ts"
import type { Annotations, MetaObject, ToolAnnotations } from "../spec/index.ts"
import { isReservedMetaKey, isValidMetaKey } from "../spec/meta.ts"
import { toJsonValue } from "./json-value.ts"
import { readOptions } from "./options.ts"

const annotationKeys: readonly string[] = ["audience", "priority", "lastModified"]

/**
 * Checks annotations of a resource or content block and returns a frozen copy.
 *
 * @param subject whose annotations they are, for the message, such as "`image()`"
 * @throws {InvalidAnnotations} on an unknown field or a value out of bounds
 * @see S28/server/resources#annotations
 */
export function toAnnotations(annotations: Annotations, subject: string): Annotations {
  assertKeys(annotations, annotationKeys, subject)
  const copy = readOptions(annotations, { names: annotationKeys })
  const { audience, priority, lastModified } = copy
  if (audience !== undefined) assertAudience(audience, subject)
  if (priority !== undefined) assertPriority(priority, subject)
  if (lastModified !== undefined) assertLastModified(lastModified, subject)
  return Object.freeze(copy)
}

const hintKeys: readonly string[] = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"]
const toolKeys: readonly string[] = ["title", ...hintKeys]

/**
 * Checks annotations of a tool and returns a frozen copy.
 *
 * @param subject whose annotations they are, for the message, such as "tool `add`"
 * @throws {InvalidAnnotations} on an unknown field, or a hint that is not a boolean
 * @see S28/server/tools#tool
 */
export function toToolAnnotations(annotations: ToolAnnotations, subject: string): ToolAnnotations {
  assertKeys(annotations, toolKeys, subject)
  const copy = readOptions(annotations, { names: toolKeys })
  for (const [key, value] of Object.entries(copy)) {
    if (typeof value === (key === "title" ? "string" : "boolean")) continue
    const fix = key === "title" ? "Use a string." : "Use `true` or `false`."
    throw new InvalidAnnotations(subject, `\`${key}\` is ${quoted(value)}`, fix)
  }
  return Object.freeze(copy)
}

function assertKeys(annotations: object, known: readonly string[], subject: string): void {
  const odd = Object.keys(annotations).find((key) => !known.includes(key))
  if (odd === undefined) return
  const fix = `Use ${known.map((name) => `\`${name}\``).join(", ")}; other data goes in \`meta\`.`
  throw new InvalidAnnotations(subject, `\`${odd}\` is not an annotation`, fix)
}

function assertAudience(audience: unknown, subject: string): void {
  const items: readonly unknown[] | undefined = Array.isArray(audience) ? audience : undefined
  const odd = items?.find((item) => item !== "user" && item !== "assistant")
  if (items !== undefined && items.length > 0 && odd === undefined && !items.includes(undefined)) return
  const problem =
    items === undefined || items.length === 0 ? `is ${quoted(audience)}` : `holds ${quoted(odd)}`
  const fix = 'Use `["user"]`, `["assistant"]` or both.'
  throw new InvalidAnnotations(subject, `\`audience\` ${problem}`, fix)
}

function assertPriority(priority: unknown, subject: string): void {
  if (typeof priority === "number" && priority >= 0 && priority <= 1) return
  throw new InvalidAnnotations(subject, `\`priority\` is ${quoted(priority)}`, "Use a number from 0 to 1.")
}

const isoDate = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/

function assertLastModified(time: unknown, subject: string): void {
  if (typeof time === "string" && isoDate.test(time) && !Number.isNaN(Date.parse(time))) return
  const problem = `\`lastModified\` is ${quoted(time)}`
  throw new InvalidAnnotations(subject, problem, "Use an ISO 8601 time, such as `new Date().toISOString()`.")
}

/**
 * Checks a `_meta` object that an author wrote, where it is written: one value that JSON cannot say would break every
 * list it is in.
 *
 * @param subject whose `meta` it is, for the message
 * @throws {InvalidMeta} on a key that is malformed or reserved for the protocol, and on what JSON cannot say
 * @see S28/basic/index#meta
 */
export function assertMeta(meta: MetaObject, subject: string): void {
  const json = metaJson(meta, subject)
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new InvalidMeta(subject, `it is ${json === null ? "`null`" : "no object"}`, metaFix)
  }
  for (const key of Object.keys(meta)) assertMetaKey(key, subject)
}

const metaFix = 'Give an object of JSON values: `{ "com.example/name": value }`.'

function metaJson(meta: unknown, subject: string): unknown {
  try {
    return toJsonValue(meta, subject)
  } catch (cause) {
    const isPlaced = cause instanceof NotSerializable || cause instanceof UnawaitedPromise
    const path = isPlaced ? cause.path.replace(/^result/, "meta") : "meta"
    throw new InvalidMeta(subject, `JSON cannot say \`${path}\``, { fix: metaFix, cause })
  }
}

function assertMetaKey(key: string, subject: string): void {
  if (key.length > 256 || !isValidMetaKey(key)) {
    const fix = "Use a name, or a reverse domain and a name: `com.example/name`."
    throw new InvalidMeta(subject, `the key \`${clip(key)}\` is malformed`, fix)
  }
  // Those without a prefix, such as `traceparent`, are for whoever traces.
  if (!key.includes("/") || !isReservedMetaKey(key)) return
  const fix = "Use a domain of your own: `com.example/name`."
  throw new InvalidMeta(subject, `the key \`${key}\` is reserved for the protocol`, fix)
}
