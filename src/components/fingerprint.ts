import type { FingerprintSource } from "./fingerprint-of.ts"
import type { Prompt } from "./prompt.ts"
import type { Resource } from "./resource.ts"
import type { Template } from "./template.ts"
import type { Tool } from "./tool.ts"

/**
 * Digests the name, schemas and description of a component, so that a silent change of any shows. Titles, icons,
 * annotations, `_meta` and the handler are not covered.
 *
 * @param component What `tool()`, `resource()` or `prompt()` made.
 * @returns `sha256:` and 64 hexadecimal digits, the same for equal components in every process and version.
 * @see https://www.rfc-editor.org/rfc/rfc8785 for the text that is digested
 * @example
 * const ping = tool({ name: "ping" }, () => "pong")
 * await fingerprint(ping) // "sha256:40ed…"
 */
export async function fingerprint(component: Tool | Resource | Template | Prompt): Promise<string> {
  // Loaded when it is needed, which is seldom.
  const { fingerprintOf } = await import("./fingerprint-of.ts")
  // The definition of each kind has some of the fields that are covered.
  return fingerprintOf(component.definition as FingerprintSource)
}
