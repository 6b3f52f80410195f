import { ModuleFailed, NoServer, UnsettledImport } from "../../errors/cli.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import { isServer } from "../../shared/server-brand.ts"
import { exportsOf, isFactory, isHandler, kindOf, serverNames } from "./exports.ts"
import { type Namespace, settled } from "./import-module.ts"
import { shownFile } from "./place.ts"
import { readLines } from "./program.ts"

/** A server that was found. */
export interface FoundServer {
  readonly server: object
  /** The export that it is, or that made it. None where the module runs it and exports none. */
  readonly exportName: string | undefined
}

/** What is known of a module whose server is wanted. */
export interface Search {
  readonly file: string
  /** The export that was asked for. Default: the usual ones. */
  readonly exportName: string | undefined
  /** Lists the servers that the module has run by now, the first first. */
  readonly ran: () => readonly object[]
  readonly timeoutMs: number
  /** Hears what a person may want to know. */
  readonly onNotice: (text: string) => void
  /** Resolves when the module has run a server after all, or will not any more. */
  readonly ranLater: () => Promise<void>
}

/**
 * Finds the server that a module offers: an export, else the one that it runs, else what a function makes.
 *
 * @throws {NoServer} FLEET-01: there is none.
 * @throws {ModuleFailed} The function failed.
 */
export async function findServer(namespace: Namespace, search: Search): Promise<FoundServer> {
  const all = exportsOf(namespace)
  const exported = await settle(all, search)
  const { exportName } = search
  if (exportName !== undefined) return await findNamed(exported, exportName, search)
  const found = serverNames.find((name) => isServer(exported[name]))
  const server = found === undefined ? undefined : exported[found]
  if (found !== undefined && isServer(server)) {
    tellOthers(exported, found, search)
    return { server, exportName: found }
  }
  const made = search.ran().length === 0 ? serverNames.find((name) => isFactory(exported[name])) : undefined
  if (made !== undefined) return await findNamed(exported, made, search)
  const isSilent =
    search.ran().length === 0 && !Object.values(exported).some((value) => isServer(value) || isHandler(value))
  if (isSilent) await search.ranLater()
  const [ran, ...others] = search.ran()
  if (ran === undefined) throw noServer(exported, search)
  if (others.length > 0)
    search.onNotice(
      `${shownFile(search.file)} runs ${others.length + 1} servers; the first is taken. Export the one that is meant.`,
    )
  return { server: ran, exportName: undefined }
}

/** What is exported as a promise is waited for. */
async function settle(all: Namespace, search: Search): Promise<Namespace> {
  const names = [...serverNames, ...(search.exportName === undefined ? [] : [search.exportName])]
  const waiting = Object.keys(all).filter((name) => names.includes(name) && all[name] instanceof Promise)
  const values = await Promise.all(waiting.map((name) => within(name, all[name], search)))
  return { ...all, ...Object.fromEntries(waiting.map((name, at) => [name, values[at]])) }
}

async function within(name: string, value: unknown, { file, timeoutMs }: Search): Promise<unknown> {
  const failure = (ms?: number) => new UnsettledImport(`\`${name}\` of ${shownFile(file)}`, ms)
  return await settled(Promise.resolve(value), timeoutMs, failure)
}

async function findNamed(exported: Namespace, name: string, search: Search): Promise<FoundServer> {
  const value = exported[name]
  if (isServer(value)) return { server: value, exportName: name }
  if (!Object.hasOwn(exported, name)) throw noExport(exported, name, search)
  const label = `\`${name}\` of ${shownFile(search.file)}`
  if (!isFactory(value))
    throw new NoServer(
      `${label} is ${kindOf(value)}, no server.`,
      adviceFor(value) ?? advice(exported, search),
    )
  const made = await callFactory(value, name, search)
  if (isServer(made)) return { server: made, exportName: name }
  const fix = adviceFor(made) ?? "Return the server from it, or export the server itself."
  throw new NoServer(`\`${name}()\` of ${shownFile(search.file)} returns ${kindOf(made)}, no server.`, fix)
}

async function callFactory(factory: () => unknown, name: string, search: Search): Promise<unknown> {
  try {
    return await within(`${name}()`, factory(), search)
  } catch (error) {
    throw error instanceof UnsettledImport
      ? error
      : new ModuleFailed(`\`${name}()\` of ${shownFile(search.file)}`, error)
  }
}

/** Says which of several servers is taken. */
function tellOthers(exported: Namespace, found: string, { file, onNotice }: Search): void {
  const others = Object.keys(exported).filter(
    (name) => isServer(exported[name]) && exported[name] !== exported[found],
  )
  if (others.length === 0) return
  const shown = shownFile(file)
  const list = others.map((name) => `\`${name}\``).join(", ")
  onNotice(
    `${shown} exports ${others.length + 1} servers; \`${found}\` is taken, not ${list}. Write \`${shown}:${others[0]}\` for another.`,
  )
}

function noExport(exported: Namespace, name: string, search: Search): NoServer {
  const near = nearestName(name, Object.keys(exported))
  const fix =
    near === undefined ? advice(exported, search) : `Did you mean \`${shownFile(search.file)}:${near}\`?`
  return new NoServer(`${shownFile(search.file)} exports no \`${name}\`. ${listOf(exported)}`, fix)
}

function noServer(exported: Namespace, search: Search): NoServer {
  const unfit = serverNames.map((name) => adviceFor(exported[name])).find((each) => each !== undefined)
  return new NoServer(
    `${shownFile(search.file)} exports no server. ${listOf(exported)}`,
    unfit ?? advice(exported, search),
  )
}

function listOf(exported: Namespace): string {
  const kinds = Object.entries(exported).map(([name, value]) => `\`${name}\` (${kindOf(value)})`)
  const more = kinds.length > 10 ? `, and ${kinds.length - 10} more` : ""
  return kinds.length === 0 ? "It exports nothing." : `It exports ${kinds.slice(0, 10).join(", ")}${more}.`
}

/** What to do with something that is nearly a server. */
function adviceFor(value: unknown): string | undefined {
  const kind = kindOf(value)
  if (kind === "a handler of `mcp.http()`")
    return 'Export the server too, `export { mcp }`, or give it these options itself: `new FleetMCP("name", { http: { … } })`.'
  if (kind === "a `fetch` handler") return "Export the server that it serves too: `export { mcp }`."
  if (kind === "a server of the official SDK") return "Make the server with `new FleetMCP()`."
  if (kind === "a web application") return "Export the server that is mounted in it too: `export { mcp }`."
  return undefined
}

/** The line to add, or the name to give. */
function advice(exported: Namespace, { file }: Search): string {
  const other = Object.keys(exported).find((name) => isServer(exported[name]))
  if (other === "default") return `Leave out the name: \`${shownFile(file)}\`.`
  if (other !== undefined)
    return `Name it, \`${shownFile(file)}:${other}\`, or add \`export default ${other}\`.`
  const text = readLines(file).join("\n")
  const [, variable = "mcp"] = /\b(?:const|let|var)\s+([\w$]+)\s*=\s*new\s+FleetMCP\b/.exec(text) ?? []
  const isCommonJs = /\bmodule\.exports\b|\brequire\(/.test(text) && !/^\s*(?:import|export)\b/m.test(text)
  return `Add \`${isCommonJs ? `module.exports = ${variable}` : `export default ${variable}`}\`.`
}
