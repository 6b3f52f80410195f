import { existsSync } from "node:fs"
import type { Command } from "commander"
import { LockBroken } from "../errors/dialogue.ts"
import { clip } from "../shared/clip.ts"
import { byField, listNames, readListing } from "./list-components.ts"
import { type Changes, compare, fingerprintsOf, readLock, writeLock } from "./lock.ts"
import { printJson } from "./print/content.ts"
import { count } from "./print/layout.ts"
import { renderOverview } from "./print/overview.ts"
import { terminalLine } from "./print/terminal-text.ts"
import { type Talk, talk } from "./talk.ts"
import { assertEnd, type TargetOptions } from "./target-options.ts"

interface InspectOptions extends TargetOptions {
  readonly lock?: string
  readonly frozen?: true
}

/** The most changes that are named. */
const mostChanges = 100

/** Does `fleetmcp inspect`. */
export function inspectServer(command: Command): Promise<void> {
  return talk(command, inspect)
}

async function inspect({ server, words, options, output, notices }: Talk<InspectOptions>): Promise<void> {
  const path = options.lock
  assertEnd(words)
  const listing = await readListing(server, listNames)
  if (path === undefined) {
    const { introduction } = server
    if (options.json === true) await printJson({ ...introduction, ...byField(listing) }, output)
    else await output.write(`${renderOverview(introduction, listing, output)}\n`)
    return
  }
  const fingerprints = await fingerprintsOf(server, listing)
  const all = count(Object.keys(fingerprints).length, "component")
  if (options.frozen === true) {
    const changes = describe(compare(await readLock(path), fingerprints))
    if (changes.length > 0) throw new LockBroken(path, changes)
    notices.say(`${all}, as \`${clip(path, 200)}\` says.`)
    return
  }
  const before = existsSync(path) ? await readLock(path) : {}
  await writeLock(path, fingerprints)
  for (const change of describe(compare(before, fingerprints))) notices.say(change)
  notices.say(`\`${clip(path, 200)}\` has the fingerprints of ${all}.`)
}

function describe({ added, removed, changed }: Changes): readonly string[] {
  const lines = [
    ...added.map((key) => `+ ${key}`),
    ...removed.map((key) => `- ${key}`),
    ...changed.map((key) => `~ ${key}`),
  ].map((line) => terminalLine(line, 500))
  const rest = lines.length - mostChanges
  return rest > 0 ? [...lines.slice(0, mostChanges), `… and ${rest} more`] : lines
}
