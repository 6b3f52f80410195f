import type { Command } from "commander"
import { WrongUsage } from "../../errors/cli.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import { type Dialogue, type ListName, lists } from "../client/dialogue.ts"
import { type Listing, renderListing, summary } from "../print/listing.ts"
import { terminalJson, terminalLine } from "../print/terminal-text.ts"
import { type Talk, talk } from "../talk.ts"
import { addTargetOptions, type TargetOptions } from "../target-options.ts"

/** All lists, in the order in which they are shown. */
// `as`: the names of that very table.
export const listNames: readonly ListName[] = /* @__PURE__ */ Object.keys(lists) as ListName[]

/** Adds `fleetmcp list`. */
export function addList(program: Command): void {
  const command = program
    .command("list")
    .description("list what a server offers")
    .argument("[server]", "a file, a URL, or a program after `--`")
    .argument("[what]", `${listNames.join(", ")}; default: all`)
  addTargetOptions(command).action(() => talk(command, list))
}

async function list({ server, words, options, output, notices }: Talk<TargetOptions>): Promise<void> {
  const listing = await readListing(server, chosen(words))
  if (options.json === true) {
    await output.write(`${terminalJson(byField(listing))}\n`)
    return
  }
  const { serverInfo } = server.introduction
  const name = terminalLine(
    [serverInfo?.name, serverInfo?.version].filter(Boolean).join(" ") || server.name,
    200,
  )
  const what = summary(listing)
  if (what === "") notices.say(`${name} offers none.`)
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
  if (others.length > 0) throw new WrongUsage(`\`${others[0]}\` is one word too many.`)
  return [name]
}
