import { isObject } from "../../schema/keywords.ts"
import { toTree } from "../arguments/pairs.ts"
import type { Reader } from "../arguments/reader.ts"
import type { Json } from "../client/dialogue.ts"
import { terminalLine } from "../print/terminal-text.ts"
import type { Choice, Person } from "./person.ts"

/** A property that a person is asked for. */
interface Field {
  readonly name: string
  readonly schema: Json
  readonly reader: Reader
  readonly isRequired: boolean
}

/** The most choices that are offered; beyond them a value is typed. */
const mostChoices = 500

/** Stands for an optional value that is left out. */
const nothing = Symbol("nothing")

/**
 * Asks for properties of an object, one after the other, and checks each answer at once.
 *
 * @returns The values as they were typed or chosen, to be read by the schema; `undefined` when the person left.
 */
export async function askFields(
  person: Person,
  names: readonly string[],
  reader: Reader,
): Promise<Json | undefined> {
  const properties = isObject(reader.schema.properties) ? reader.schema.properties : {}
  const required: readonly unknown[] = Array.isArray(reader.schema.required) ? reader.schema.required : []
  const values: [string, unknown][] = []
  for (const name of names) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    const field = {
      name,
      schema: isObject(schema) ? schema : {},
      reader,
      isRequired: required.includes(name),
    }
    const value = await askField(person, field)
    if (value === undefined) return undefined
    if (value !== nothing) values.push([name, value])
  }
  return Object.fromEntries(values)
}

async function askField(person: Person, field: Field): Promise<unknown> {
  const { schema, isRequired } = field
  const message = labelOf(field)
  const choices = choicesOf(schema)
  if (choices !== undefined) {
    const skip = isRequired ? [] : [{ value: nothing, label: "(leave it out)" }]
    return person.choose<unknown>({ message, choices: [...choices, ...skip], initial: schema.default })
  }
  const items = isObject(schema.items) ? choicesOf(schema.items) : undefined
  if (schema.type === "array" && items !== undefined) {
    const initial: readonly unknown[] = Array.isArray(schema.default) ? schema.default : []
    const isNeeded = isRequired && Number(schema.minItems ?? 0) > 0
    return person.chooseSome({ message, choices: items, initial, isRequired: isNeeded })
  }
  return askText(person, field, message)
}

async function askText(person: Person, field: Field, message: string): Promise<unknown> {
  const { name, schema, reader, isRequired } = field
  const initial = schema.default === undefined ? undefined : textOf(schema.default)
  const text = await person.text({
    message,
    initial,
    placeholder: isRequired ? undefined : "Enter leaves it out",
    problem: (typed) => {
      if (typed === "") return isRequired ? "A value is needed." : undefined
      return problemWith(name, toTree([{ key: name, value: typed }], reader), reader)
    },
  })
  if (text === undefined) return undefined
  return text === "" ? nothing : toTree([{ key: name, value: text }], reader)[name]
}

/** What is wrong with one property; what is wrong with others is said when they are asked for. */
function problemWith(name: string, values: Json, reader: Reader): string | undefined {
  const verdict = reader.read(values)
  const issue = verdict.ok ? undefined : verdict.issues.find(({ path }) => path[0] === name)
  return issue && terminalLine(issue.message)
}

function labelOf({ name, schema, isRequired }: Field): string {
  const title = typeof schema.title === "string" ? schema.title : name
  const about = typeof schema.description === "string" ? ` · ${schema.description}` : ""
  return terminalLine(`${title}${about}${isRequired ? "" : " (optional)"}`)
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
