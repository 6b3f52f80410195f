import type { Command } from "commander"
import { WrongUsage } from "../errors/dialogue.ts"
import { nearestName } from "../shared/nearest-name.ts"
import { type Dialogue, type ListName, lists } from "./client/dialogue.ts"
import { printJson } from "./print/content.ts"
import { type Listing, renderListing, summary } from "./print/listing.ts"
import { type Talk, talk } from "./talk.ts"
import { assertEnd, type TargetOptions } from "./target-options.ts"

/** All lists, in the order in which they are shown. */
// `as`: the names of that very table.
export const listNames: readonly ListName[] = /* @__PURE__ */ Object.keys(lists) as ListName[]

/** Does `fleetmcp list`. */
export function listComponents(command: Command): Promise<void> {
  return talk(command, list)
}

async function list({ server, words, options, output, notices }: Talk<TargetOptions>): Promise<void> {
  const names = chosen(words)
  const listing = await readListing(server, names)
  if (options.json === true) await printJson(byField(listing), output)
  else if (summary(listing) === "")
    notices.say(`${server.name} offers no ${names.length === 1 ? names[0] : "components"}.`)
  else await output.write(`${renderListing(listing, output)}\n`)
}

/** Reads lists of a server, one after the other. */
export async function readListing(server: Dialogue, names: readonly ListName[]): Promise<Listing> {
  const listing: { [List in ListName]?: Awaited<ReturnType<Dialogue["list"]>> } = {}
  for (const name of names) listing[name] = await server.list(name)
  return listing
}

/** Lists under the names that they have in the protocol. */
export function byField(listing: Listing): { readonly [field: string]: unknown } {
  const filled = listNames.filter((name) => listing[name] !== undefined)
  return Object.fromEntries(filled.map((name) => [lists[name].field, listing[name]]))
}

function chosen([what, ...others]: readonly string[]): readonly ListName[] {
  if (what === undefined) return listNames
  const name = listNames.find((each) => each === what || lists[each].kind === what)
  const near = nearestName(what, listNames)
  if (name === undefined)
    throw new WrongUsage(
      `There is no list \`${what}\`.${near === undefined ? "" : ` Did you mean \`${near}\`?`}`,
      {
        fix: `The lists are ${listNames.map((each) => `\`${each}\``).join(", ")}.`,
      },
    )
  assertEnd(others)
  return [name]
}
