import { existsSync } from "node:fs"
import { type Command, InvalidArgumentError, Option } from "commander"
import { LockBroken, WrongUsage } from "../../errors/cli.ts"
import { clip } from "../../shared/clip.ts"
import { type Changes, compare, fingerprintsOf, lockName, readLock, writeLock } from "../lock.ts"
import { count } from "../print/layout.ts"
import { renderOverview } from "../print/overview.ts"
import { terminalJson, terminalLine } from "../print/terminal-text.ts"
import { type Talk, talk } from "../talk.ts"
import { addTargetOptions, type TargetOptions } from "../target-options.ts"
import { byField, listNames, readListing } from "./list.ts"

interface InspectOptions extends TargetOptions {
  readonly lock?: string | true
  readonly frozen?: true
}

/** The most changes that are named. */
const mostChanges = 100

/** Adds `fleetmcp inspect`. */
export function addInspect(program: Command): void {
  const command = program
    .command("inspect")
    .description("show all that a server says of itself, or write down its fingerprints")
    .argument("[server]", "a file, a URL, or a program after `--`")
    .addOption(
      new Option(
        "--lock [file]",
        `write the fingerprints of all components to a file; default: ${lockName}`,
      ).argParser(toLockPath),
    )
    .option("--frozen", "compare with that file instead, write nothing, and fail if anything changed")
  addTargetOptions(command).action(() => talk(command, inspect))
}

async function inspect({ server, words, options, output, notices }: Talk<InspectOptions>): Promise<void> {
  const path = lockPath(options)
  if (words.length > 0) throw new WrongUsage(`\`${words[0]}\` is one word too many.`)
  const listing = await readListing(server, listNames)
  if (path === undefined) {
    const { introduction } = server
    if (options.json === true)
      await output.write(`${terminalJson({ ...introduction, ...byField(listing) })}\n`)
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

/** Where the lock file is, if there is to do with one. */
function lockPath({ lock, frozen }: InspectOptions): string | undefined {
  if (lock === undefined) return frozen === true ? lockName : undefined
  if (lock === true) return lockName
  return lock
}

/** `--lock server.ts` would write over a program that was meant as the server. */
function toLockPath(path: string): string {
  if (path.endsWith(".json")) return path
  throw new InvalidArgumentError(
    `A lock file ends with ".json". Name the server first: fleetmcp inspect ${clip(path, 200)} --lock`,
  )
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
