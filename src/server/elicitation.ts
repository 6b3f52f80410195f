import { compileSchema, type Validated } from "../schema/compile.ts"
import type { JsonSchema, Schema } from "../schema/schema.ts"
import { toElicitationSchema } from "./elicitation-schema.ts"

/** A schema made ready to be asked as a form. */
export interface ElicitationForm {
  readonly requestedSchema: JsonSchema
  readonly validate: (content: unknown) => Validated | Promise<Validated>
}

const forms = /* @__PURE__ */ new WeakMap<Schema, ElicitationForm>()

/** Makes the form of a schema, once per schema object. */
export function elicitationForm(schema: Schema): ElicitationForm {
  const known = forms.get(schema)
  if (known !== undefined) return known
  const compiled = compileSchema(schema, { side: "input", subject: "elicitation form", root: "object" })
  const form = { requestedSchema: toElicitationSchema(compiled.json), validate: compiled.validate }
  forms.set(schema, form)
  return form
}
