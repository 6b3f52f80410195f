import { FleetError } from "../errors/fleet-error.ts"
import { dereference } from "./dereference.ts"
import { createPeer } from "./peer.ts"
import { resolveRefs, usesRefs } from "./refs.ts"
import type { JsonSchema } from "./schema.ts"
import { snapshot } from "./snapshot.ts"
import { checkStructure } from "./structure.ts"

/** A schema somebody sent, with its local references inlined; the same where there are none, or it cannot be read. */
export function inlined<Given extends object>(schema: Given): Given | JsonSchema {
  const by = { subject: "a schema that is listed", origin: createPeer() }
  try {
    const source = snapshot(schema, by.subject)
    if (!usesRefs(checkStructure(source, by))) return schema
    const made = dereference(source, resolveRefs(source, by))
    return made === source ? schema : made
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    // What is wrong with it is for those who call the tool to find: a list shows what there is.
    return schema
  }
}
