import type { ContentBlock } from "../spec/index.ts"

// Under Symbol.for, so that blocks made by another copy of this package are known too.
const kContent: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.content")

/**
 * Marks a content block as made by one of our helpers. The mark sits on the prototype: the block stays a plain
 * JSON shape for `JSON.stringify` and deep equality, and ordinary objects need no look-up to be told apart.
 */
class MarkedBlock {
  constructor(block: ContentBlock) {
    Object.assign(this, block)
  }

  get [kContent](): true {
    return true
  }
}

/** Returns the block with our mark on it. */
export function markContent<Block extends ContentBlock>(block: Block): Block {
  // The class has no fields of its own: an instance is the block it copied.
  return new MarkedBlock(block) as unknown as Block
}

/** Tells whether a value was made by `text()`, `image()`, `audio()`, `file()` or `link()`. */
export function isContent(value: unknown): value is ContentBlock {
  return typeof value === "object" && value !== null && kContent in value
}

/** The fields each kind of content block must have, and the type of each. */
const blockFields: { readonly [type: string]: readonly [string, "string" | "object"][] } = {
  text: [["text", "string"]],
  image: [
    ["data", "string"],
    ["mimeType", "string"],
  ],
  audio: [
    ["data", "string"],
    ["mimeType", "string"],
  ],
  resource_link: [
    ["uri", "string"],
    ["name", "string"],
  ],
  resource: [["resource", "object"]],
}

/** Tells whether a value has the fields the specification requires of a content block; further fields are allowed. */
export function hasContentShape(value: unknown): value is ContentBlock {
  if (typeof value !== "object" || value === null || !("type" in value)) return false
  const { type } = value
  if (typeof type !== "string" || !Object.hasOwn(blockFields, type)) return false
  const block = value as { readonly [field: string]: unknown } // only read, and every field checked
  return (
    blockFields[type]?.every(([field, kind]) => block[field] !== null && typeof block[field] === kind) ===
    true
  )
}

const optionalFields = /* @__PURE__ */ new Set(["type", "annotations", "_meta"])
const linkFields = /* @__PURE__ */ new Set(["title", "description", "mimeType", "size", "icons"])

/**
 * Tells whether a value is a content block as the specification writes it, with no field beyond. Data that merely
 * resembles a block, such as a row with a `type` and a `text` among others, stays data.
 */
export function isExactContentShape(value: unknown): value is ContentBlock {
  if (!hasContentShape(value)) return false
  const required = blockFields[value.type]
  return Object.keys(value).every(
    (key) =>
      optionalFields.has(key) ||
      required?.some(([field]) => field === key) === true ||
      (value.type === "resource_link" && linkFields.has(key)),
  )
}
