import type { ClientCapabilities } from "../spec/index.ts"
import type { Question } from "./call.ts"

/**
 * Says which client capability a question needs that the client did not declare, in the form of the error's
 * `requiredCapabilities`; `undefined` when it may be asked.
 *
 * @see S28/client/elicitation#capabilities
 * @see S28/client/sampling
 */
export function missingCapability(
  declared: ClientCapabilities,
  method: Question["method"],
  params: unknown,
): object | undefined {
  const fields = (params ?? {}) as {
    readonly mode?: unknown
    readonly tools?: unknown
    readonly toolChoice?: unknown
  }
  switch (method) {
    case "roots/list":
      return declared.roots === undefined ? { roots: {} } : undefined
    case "sampling/createMessage": {
      const needsTools = fields.tools !== undefined || fields.toolChoice !== undefined
      if (declared.sampling === undefined) return { sampling: needsTools ? { tools: {} } : {} }
      return needsTools && declared.sampling.tools === undefined ? { sampling: { tools: {} } } : undefined
    }
    case "elicitation/create": {
      const { elicitation } = declared
      if (fields.mode === "url")
        return elicitation?.url === undefined ? { elicitation: { url: {} } } : undefined
      if (elicitation === undefined) return { elicitation: {} }
      // An empty object means form mode, as it did before there were modes.
      const formless = elicitation.form === undefined && elicitation.url !== undefined
      return formless ? { elicitation: { form: {} } } : undefined
    }
  }
}
