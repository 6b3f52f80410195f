import { answerProblem } from "../protocol/answers.ts"
import { compileSchema } from "../schema/compile.ts"
import { describeIssues } from "../schema/issue.ts"
import type { Schema } from "../schema/schema.ts"

/** What the answer of a model is to be, made ready to be asked for. */
export interface SampleOutput {
  /** Tells the model. */
  readonly instruction: string
  /** Reads what it said. */
  readonly read: (text: string) => Promise<ReadAnswer>
}

/** What was read, or what is wrong with it, in words for the model. */
export type ReadAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string }

const outputs: WeakMap<Schema, SampleOutput> = /* @__PURE__ */ new WeakMap()

/** Makes what is asked for of a schema, once per schema object. */
export function sampleOutput(schema: Schema): SampleOutput {
  const known = outputs.get(schema)
  if (known !== undefined) return known
  const { json, validate } = compileSchema(schema, { side: "input", subject: "sampling output" })
  const output: SampleOutput = {
    instruction: `Answer with one JSON value that fits this JSON Schema, and with nothing else:\n${JSON.stringify(json)}`,
    async read(text) {
      const found = jsonIn(text)
      if (found === undefined) return { ok: false, problem: "It is not JSON." }
      const verdict = await validate(found.value)
      return verdict.ok ? verdict : { ok: false, problem: describeIssues(verdict.issues) }
    },
  }
  outputs.set(schema, output)
  return output
}

/** Finds the JSON in what a model said; some put it into a code block, or words around it. */
function jsonIn(text: string): { readonly value: unknown } | undefined {
  const start = text.search(/[[{]/)
  const end = Math.max(text.lastIndexOf("]"), text.lastIndexOf("}"))
  return parse(text) ?? (start === -1 ? undefined : parse(text.slice(start, end + 1)))
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    // What nests too deep would overflow the stack of whoever walks through it.
    return answerProblem(undefined, { value }) === undefined ? { value } : undefined
  } catch {
    // Words: the model is asked again.
    return undefined
  }
}
