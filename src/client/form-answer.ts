import { WrongAnswer } from "../errors/client.ts"
import { compileSchema } from "../schema/compile.ts"
import { describeIssues } from "../schema/issue.ts"
import { peer } from "../schema/peer.ts"
import type { JsonSchema } from "../schema/schema.ts"
import type { ElicitResult } from "../spec/index.ts"

/**
 * Makes the answer to a form: fills in its defaults and checks what was given.
 *
 * @param form The question of the server, with its `requestedSchema`; what it says of itself is not trusted.
 * @param data What was filled in, by field. Default: nothing.
 * @throws {WrongAnswer} It does not fit.
 * @see S28/client/elicitation#requested-schema
 * @example
 * const elicitation: ElicitationHandler = (request) => formAnswer(request, { name: "Ada" })
 */
export async function formAnswer(
  form: { readonly requestedSchema?: unknown },
  data: { readonly [field: string]: unknown } = {},
): Promise<ElicitResult> {
  // `as`: the compiler looks at what it is given.
  const schema = (form.requestedSchema ?? { type: "object" }) as JsonSchema
  const { validate } = compileSchema(schema, {
    side: "input",
    subject: "The form of the server",
    origin: peer,
  })
  const verdict = await validate(data)
  if (!verdict.ok) throw new WrongAnswer(describeIssues(verdict.issues))
  // `as`: forms have flat values, as their schema says.
  return { action: "accept", content: verdict.value as NonNullable<ElicitResult["content"]> }
}
