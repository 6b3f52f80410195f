/** Rebuilds the flat JSON Schemas of the catalog as the zod fields a user would have written. */
export function toZod(z, schema) {
  const fields = {}
  for (const [name, property] of Object.entries(schema.properties)) {
    let field = property.type === "number" ? z.number() : property.enum ? z.enum(property.enum) : z.string()
    if (property.description) field = field.describe(property.description)
    fields[name] = schema.required.includes(name) ? field : field.optional()
  }
  return fields
}
