import { assertOptions, type KnownOptions } from "../components/options.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { isPrincipal } from "../protocol/principal.ts"

/** The methods that are called from the own process, and how they are called there. */
const names: { readonly [method: string]: string } = {
  "tools/call": "callTool",
  "resources/read": "readResource",
  "prompts/get": "getPrompt",
  "tools/list": "listTools",
  "resources/list": "listResources",
  "resources/templates/list": "listTemplates",
  "prompts/list": "listPrompts",
}

const known: KnownOptions = {
  kinds: {
    as: { holds: isPrincipal, expected: "what `await createPrincipal(…)` gave, or `undefined` for nobody" },
    version: "string",
    signal: { holds: isSignal, expected: "the `signal` of an `AbortController`" },
  },
}

/**
 * Refuses options that calls from the server's own process do not have, and values they cannot have.
 *
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function assertCallOptions(method: string, options: object): void {
  assertOptions(`\`mcp.${names[method] ?? method}()\``, options, known)
}

function isSignal(value: unknown): boolean {
  return isObject(value) && typeof value.aborted === "boolean"
}
