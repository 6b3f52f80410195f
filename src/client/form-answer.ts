import { WrongAnswer } from "../errors/client.ts"
import { compileSchema } from "../schema/compile.ts"
import { describeIssues } from "../schema/issue.ts"
import { createPeer } from "../schema/peer.ts"
import type { JsonSchema } from "../schema/schema.ts"
import type { ElicitRequestParams, ElicitResult } from "../spec/index.ts"

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
  form: ElicitRequestParams | { readonly requestedSchema: unknown },
  data: { readonly [field: string]: unknown } = {},
): Promise<ElicitResult> {
  if (!("requestedSchema" in form)) throw new WrongAnswer("the server asks for no form, but to open a page")
  // `as`: the compiler looks at what it is given.
  const schema = form.requestedSchema as JsonSchema
  const { validate } = compileSchema(schema, {
    side: "input",
    subject: "The form of the server",
    origin: createPeer(),
  })
  const verdict = await validate(data)
  if (!verdict.ok) throw new WrongAnswer(describeIssues(verdict.issues))
  // `as`: forms have flat values, as their schema says.
  return { action: "accept", content: verdict.value as NonNullable<ElicitResult["content"]> }
}
