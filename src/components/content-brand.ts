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

type FieldKinds = { readonly [field: string]: "string" | "number" | "object" }

/** The fields each kind of content block must have, and the type of each. */
const blockFields: { readonly [type: string]: FieldKinds } = {
  text: { text: "string" },
  image: { data: "string", mimeType: "string" },
  audio: { data: "string", mimeType: "string" },
  resource_link: { uri: "string", name: "string" },
  resource: { resource: "object" },
}

const optionalFields: FieldKinds = { annotations: "object", _meta: "object" }
const linkFields: FieldKinds = {
  title: "string",
  description: "string",
  mimeType: "string",
  size: "number",
  icons: "object",
}

/**
 * Tells whether a value has the fields the specification requires of a content block, and those it allows of their
 * type; further fields are allowed.
 */
export function hasContentShape(value: unknown): value is ContentBlock {
  if (typeof value !== "object" || value === null || !("type" in value)) return false
  const { type } = value
  if (typeof type !== "string" || !Object.hasOwn(blockFields, type)) return false
  const block = value as { readonly [field: string]: unknown } // only read, and every field checked
  const has = (fields: FieldKinds | undefined, isRequired: boolean): boolean => {
    for (const field in fields) {
      if (
        block[field] === undefined
          ? isRequired
          : block[field] === null || typeof block[field] !== fields[field]
      )
        return false
    }
    return true
  }
  return (
    has(blockFields[type], true) &&
    has(optionalFields, false) &&
    (type !== "resource_link" || has(linkFields, false))
  )
}

/**
 * Tells whether a value is a content block as the specification writes it, with no field beyond. Data that merely
 * resembles a block, such as a row with a `type` and a `text` among others, stays data.
 */
export function isExactContentShape(value: unknown): value is ContentBlock {
  if (!hasContentShape(value)) return false
  const known = { type: 1, ...blockFields[value.type], ...optionalFields }
  const all = value.type === "resource_link" ? { ...known, ...linkFields } : known
  return Object.keys(value).every((key) => Object.hasOwn(all, key))
}
