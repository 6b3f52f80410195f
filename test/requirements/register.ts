import { it } from "vitest"
import { manifest } from "./manifest.ts"

const known = new Set(manifest.map(({ id }) => id))

/** What the tests of this run found out, for the last check. */
export const passed: Set<string> = new Set()
export const unknown: string[] = []

/**
 * Registers a test that holds the server to one or several numbered requirements.
 *
 * @param id `S-020`, or several: `S-020 S-026`.
 * @param name A sentence of behaviour.
 */
export function requirement(id: string, name: string, test: () => Promise<unknown> | unknown): void {
  const ids = id.split(" ")
  unknown.push(...ids.filter((each) => !known.has(each)))
  it(`${id} ${name}`, async () => {
    await test()
    for (const each of ids) passed.add(each)
  })
}
