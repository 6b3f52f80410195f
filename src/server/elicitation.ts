import type { Form } from "../components/form.ts"
import { compileSchema, type Validated } from "../schema/compile.ts"
import type { JsonSchema, Schema } from "../schema/schema.ts"
import { choiceSchema } from "./choices.ts"
import { isFieldList, toElicitationField, toElicitationSchema } from "./elicitation-schema.ts"

/** A form made ready to be asked. */
export interface ElicitationForm {
  readonly requestedSchema: JsonSchema
  /** Checks what was filled in, and takes out the value of a form that asks for only one. */
  readonly read: (content: { readonly [field: string]: unknown }) => Validated | Promise<Validated>
}

const forms = /* @__PURE__ */ new WeakMap<object, Promise<ElicitationForm>>()

/**
 * Makes what clients are asked, once per form object.
 *
 * @throws {NotAForm}
 */
export function elicitationForm(form: Form): Promise<ElicitationForm> {
  const known = forms.get(form)
  if (known !== undefined) return known
  const made = makeForm(form)
  // Without types anything may be given, and what is no object is no key either.
  if (Object(form) === form) forms.set(form, made)
  return made
}

async function makeForm(form: Form): Promise<ElicitationForm> {
  // What is no choice is a schema.
  const schema = choiceSchema(form) ?? (form as Schema)
  const { json, validate } = compileSchema(schema, { side: "input", subject: "the elicitation form" })
  if (isFieldList(json)) {
    const requestedSchema = toElicitationSchema(json)
    const asked = Object.keys(requestedSchema.properties as object)
    return { requestedSchema, read: (content) => validate(filledIn(asked, content)) }
  }
  const field = toElicitationField(json)
  const { ok: mayBeLeftOut } = await validate(undefined)
  // A library fills in its defaults; those of JSON Schema are ours to fill in.
  const preset = mayBeLeftOut ? undefined : json.default
  const isRequired = !mayBeLeftOut && preset === undefined
  return {
    requestedSchema: Object.freeze({
      type: "object",
      properties: { value: field },
      ...(isRequired ? { required: ["value"] } : undefined),
    }),
    read: ({ value }) => validate(value ?? preset),
  }
}

/**
 * What was filled in. No form asks for `null`, which some clients send for what was left out. What nobody was asked for is no
 * answer: a schema that lets further fields pass would give them to the handler.
 */
function filledIn(asked: readonly string[], content: { readonly [field: string]: unknown }): object {
  const names = asked.filter((name) => Object.hasOwn(content, name) && content[name] !== null)
  return Object.fromEntries(names.map((name) => [name, content[name]]))
}
