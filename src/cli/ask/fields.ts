import { isObject } from "../../schema/keywords.ts"
import { toTree } from "../arguments/pairs.ts"
import type { Reader } from "../arguments/reader.ts"
import type { Json } from "../client/dialogue.ts"
import { terminalLine } from "../print/terminal-text.ts"
import { hintOf } from "./hint.ts"
import type { Choice, Person } from "./person.ts"

/** What a person is asked for. */
export interface Questions {
  readonly names: readonly string[]
  readonly reader: Reader
  /** Stands above the first. Default: nothing. */
  readonly heading?: string
  /** What was answered before, which is offered again. Default: nothing. */
  readonly before?: Json
}

/** What a person answered. */
export interface Answers {
  /** Whether the person left before the end. */
  readonly isLeft: boolean
  /** The values as they were typed or chosen, to be read by the schema. */
  readonly values: Json
}

/** A property that a person is asked for. */
interface Field {
  readonly name: string
  readonly schema: Json
  readonly reader: Reader
  readonly isRequired: boolean
  readonly initial: unknown
  readonly message: string
}

/** The most choices that are offered; beyond them a value is typed. */
const mostChoices = 500

/** Stands for an optional value that is left out. */
const nothing = Symbol("nothing")

/** Asks for properties of an object, one after the other, and checks each answer at once. */
export async function askFields(person: Person, questions: Questions): Promise<Answers> {
  const { names, before = {} } = questions
  const values = new Map(Object.entries(before))
  for (const name of names) {
    const value = await askField(person, toField(name, questions))
    if (value === undefined) return { isLeft: true, values: Object.fromEntries(values) }
    if (value === nothing) values.delete(name)
    else values.set(name, value)
  }
  return { isLeft: false, values: Object.fromEntries(values) }
}

/** Says what is wrong with one property; what is wrong with others is said when they are asked for. */
export function problemWith(name: string, values: Json, reader: Reader): string | undefined {
  const verdict = reader.read(values)
  const issue = verdict.ok ? undefined : verdict.issues.find(({ path }) => path[0] === name)
  return issue && terminalLine(issue.message)
}

function toField(name: string, { names, reader, heading, before = {} }: Questions): Field {
  const { properties, required } = reader.schema
  const found = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined
  const schema = isObject(found) ? found : {}
  const isRequired = Array.isArray(required) && required.includes(name)
  const label = labelOf(name, schema, { isRequired, isOnly: heading !== undefined && names.length === 1 })
  const above = name === names[0] ? heading : undefined
  const initial = Object.hasOwn(before, name) ? before[name] : schema.default
  const message = [above, label].filter((part) => part !== undefined).join("\n\n")
  return { name, schema, reader, isRequired, initial, message }
}

async function askField(person: Person, field: Field): Promise<unknown> {
  const { schema, isRequired, initial, message } = field
  const isNeeded = isRequired || schema.default !== undefined
  const choices = choicesOf(schema)
  if (choices !== undefined) {
    const skip = isNeeded ? [] : [{ value: nothing, label: "(leave it out)" }]
    return person.choose<unknown>({ message, choices: [...choices, ...skip], initial })
  }
  const items = isObject(schema.items) ? choicesOf(schema.items) : undefined
  if (schema.type !== "array" || items === undefined) return askText(person, field)
  const chosen = await person.chooseSome({
    message,
    choices: items,
    initial: Array.isArray(initial) ? initial : [],
    isRequired: isRequired && Number(schema.minItems ?? 0) > 0,
  })
  return chosen?.length === 0 && !isNeeded ? nothing : chosen
}

async function askText(person: Person, field: Field): Promise<unknown> {
  const { name, schema, reader, isRequired, initial, message } = field
  const hint = hintOf(schema)
  const text = await person.text({
    message,
    initial: initial === undefined ? undefined : textOf(initial),
    placeholder: [hint, isRequired ? undefined : "Enter leaves it out"].filter(Boolean).join(" · "),
    problem: (typed) => {
      if (typed === "") return isRequired ? "A value is needed." : undefined
      const problem = problemWith(name, toTree([{ key: name, value: typed }], reader), reader)
      return problem === undefined || hint === undefined ? problem : `Needed: ${hint}.`
    },
  })
  if (text === undefined) return undefined
  return text === "" ? nothing : toTree([{ key: name, value: text }], reader)[name]
}

/** The name, or better the title, of a field, and what is said about it. */
function labelOf(
  name: string,
  { title, description, default: preset }: Json,
  { isRequired, isOnly }: { readonly isRequired: boolean; readonly isOnly: boolean },
): string | undefined {
  const named = typeof title === "string" ? title : name
  const parts = [
    // As the only one, an answer without a title is the answer to the question above it.
    isOnly && named === "value" ? undefined : named,
    typeof description === "string" ? description : undefined,
  ].filter((part) => part !== undefined)
  const label = terminalLine(parts.join(" · "))
  const isOptional = !isRequired && preset === undefined
  return [label, isOptional ? "(optional)" : ""].filter((part) => part !== "").join(" ") || undefined
}

/** The values that a schema names one by one, as forms have them: with titles, or with names beside. */
function choicesOf(schema: Json): readonly Choice<unknown>[] | undefined {
  if (schema.type === "boolean")
    return [
      { value: true, label: "Yes" },
      { value: false, label: "No" },
    ]
  const titled = schema.oneOf ?? schema.anyOf
  if (Array.isArray(titled) && titled.length <= mostChoices) {
    const choices = titled.map((branch) =>
      isObject(branch) && Object.hasOwn(branch, "const")
        ? { value: branch.const, label: terminalLine(textOf(branch.title ?? branch.const)) }
        : undefined,
    )
    return choices.every((choice) => choice !== undefined) ? choices : undefined
  }
  if (!Array.isArray(schema.enum) || schema.enum.length > mostChoices) return undefined
  const names: readonly unknown[] = Array.isArray(schema.enumNames) ? schema.enumNames : []
  return schema.enum.map((value, at) => ({ value, label: terminalLine(textOf(names[at] ?? value)) }))
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}
