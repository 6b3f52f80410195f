import { clip } from "../shared/clip.ts"
import { isTexts } from "../shared/is-texts.ts"
import type { Answer, Question } from "./call.ts"
import { isObject } from "./jsonrpc.ts"

/** How deep arrays and objects of an answer may nest. */
const maxDepth = 64

/**
 * Tells what keeps an answer from being the result of the method asked, for the end of a sentence, or `undefined`.
 *
 * @param method What was asked, if that is known: without it only the depth is looked at.
 * @see S28/client/elicitation, S28/client/sampling, S28/client/roots
 */
export function answerProblem(method: Question["method"] | undefined, answer: Answer): string | undefined {
  // First: what is sealed, or shown in an error, must not overflow the stack of whoever walks through it.
  if (isDeeper(answer, maxDepth)) return `is nested more than ${maxDepth} levels deep`
  switch (method) {
    case "elicitation/create":
      return elicitProblem(answer)
    case "sampling/createMessage":
      return sampleProblem(answer)
    case "roots/list":
      return rootsProblem(answer)
    case undefined:
      // Nothing tells yet what was asked; the question itself will look at it.
      return undefined
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

function elicitProblem({ action, content }: Answer): string | undefined {
  if (action !== "accept" && action !== "decline" && action !== "cancel")
    return 'has no `action` of "accept", "decline" or "cancel"'
  if (content === undefined) return undefined
  if (!isObject(content)) return "has no object as `content`"
  const odd = Object.keys(content).find((name) => !isFieldValue(content[name]))
  if (odd === undefined) return undefined
  return `has a \`content.${clip(odd)}\` that is no string, number, boolean or list of strings`
}

function isFieldValue(value: unknown): boolean {
  // Not in the schema, but what clients in Python send for a field that was left out.
  if (value === null || isTexts(value)) return true
  return isString(value) || typeof value === "boolean" || Number.isFinite(value)
}

function sampleProblem({ role, content, model, stopReason }: Answer): string | undefined {
  if (role !== "user" && role !== "assistant") return 'has no `role` of "user" or "assistant"'
  if (!isString(model)) return "has no string as `model`"
  if (stopReason !== undefined && !isString(stopReason)) return "has a `stopReason` that is no string"
  if (!Array.isArray(content)) return blockProblem("content", content, sampleBlocks)
  return firstProblem(content, (block, index) => blockProblem(`content[${index}]`, block, sampleBlocks))
}

function rootsProblem({ roots }: Answer): string | undefined {
  if (!Array.isArray(roots)) return "has no list `roots`"
  return firstProblem(roots, (root, index) => {
    if (!isObject(root)) return `has a \`roots[${index}]\` that is no object`
    if (!isFileUri(root.uri)) return `has a \`roots[${index}].uri\` that is no \`file://\` URI`
    const isNamed = root.name === undefined || isString(root.name)
    return isNamed ? undefined : `has a \`roots[${index}].name\` that is no string`
  })
}

function isFileUri(uri: unknown): boolean {
  return isString(uri) && uri.startsWith("file://") && URL.canParse(uri)
}

/** The fields that a block of each type must have, and the test of each. */
interface Blocks {
  readonly [type: string]: { readonly [field: string]: (value: unknown) => boolean }
}

const media = { data: isString, mimeType: isString }
const plainBlocks: Blocks = { text: { text: isString }, image: media, audio: media }

/** What a model may say. */
const sampleBlocks: Blocks = {
  ...plainBlocks,
  tool_use: { id: isString, name: isString, input: isObject },
  tool_result: { toolUseId: isString, content: Array.isArray },
}

/** What the result of a tool may hold. */
const resultBlocks: Blocks = {
  ...plainBlocks,
  resource_link: { uri: isString, name: isString },
  resource: { resource: isContents },
}

function isContents(value: unknown): boolean {
  return isObject(value) && isString(value.uri) && (isString(value.text) || isString(value.blob))
}

function blockProblem(path: string, block: unknown, blocks: Blocks): string | undefined {
  if (!isObject(block)) return `has a \`${path}\` that is no content block`
  const { type, content } = block
  const fields = isString(type) && Object.hasOwn(blocks, type) ? blocks[type] : undefined
  if (fields === undefined) return `has a \`${path}.type\` that is none of ${Object.keys(blocks).join(", ")}`
  const odd = Object.entries(fields).find(([field, holds]) => !holds(block[field]))
  if (odd !== undefined) return `has no valid \`${path}.${odd[0]}\``
  if (type !== "tool_result" || !Array.isArray(content)) return undefined
  return firstProblem(content, (inner, index) =>
    blockProblem(`${path}.content[${index}]`, inner, resultBlocks),
  )
}

function firstProblem(
  items: readonly unknown[],
  problemOf: (item: unknown, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const problem = problemOf(item, index)
    if (problem !== undefined) return problem
  }
  return undefined
}

function isString(value: unknown): value is string {
  return typeof value === "string"
}
