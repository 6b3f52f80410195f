import { NotAForm } from "../errors/elicitation.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { isStandardSchema, type JsonSchema } from "../schema/schema.ts"
import { isTexts } from "../shared/is-texts.ts"

/**
 * Writes choices as the JSON Schema of the one value they stand for; `undefined` where the form is a schema already.
 *
 * @throws {NotAForm} There is nothing to choose from, or something else than texts.
 * @see SEP-1330
 */
export function choiceSchema(form: unknown): JsonSchema | undefined {
  if (isStandardSchema(form)) return undefined
  if (!Array.isArray(form)) return isTitled(form) ? { type: "string", oneOf: titled(form) } : undefined
  const [first] = form
  const isSeveral = form.length === 1 && typeof first === "object"
  if (!isSeveral) return { type: "string", enum: texts(form) }
  return {
    type: "array",
    uniqueItems: true,
    items: isTitled(first) ? { anyOf: titled(first) } : { type: "string", enum: texts(first) },
  }
}

/** No keyword of JSON Schema holds nothing but a title, so that titled choices are no schema. */
function isTitled(form: unknown): form is { readonly [value: string]: { readonly title: string } } {
  if (!isObject(form)) return false
  const entries = Object.values(form)
  return (
    entries.length > 0 &&
    entries.every(
      (entry) => isObject(entry) && typeof entry.title === "string" && Object.keys(entry).length === 1,
    )
  )
}

function titled(choices: { readonly [value: string]: { readonly title: string } }): readonly JsonSchema[] {
  return Object.entries(choices).map(([value, { title }]) => ({ const: value, title }))
}

function texts(choices: unknown): readonly string[] {
  if (!isTexts(choices)) throw new NotAForm(undefined, "a choice of something else than texts")
  if (choices.length === 0) throw new NotAForm(undefined, "a choice of nothing")
  return [...new Set(choices)]
}
