import { textDigest } from "../shared/text-digest.ts"

/**
 * Makes the key of a storage under which something of somebody is kept. A digest, so that no id of a session and no
 * handle can be read there; of a JSON array, which keeps its parts apart, whatever characters they hold.
 */
export function digestKey(kind: string, ...parts: readonly string[]): Promise<string> {
  return textDigest(JSON.stringify([kind, ...parts]))
}
