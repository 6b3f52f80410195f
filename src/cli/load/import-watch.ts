import { type AsyncHook, createHook, executionAsyncId } from "node:async_hooks"
import { ImportTimeWork } from "../../errors/cli.ts"
import { isUserFile, type Place, shownPlace, sourcePlace } from "./place.ts"

/** What Node calls the things that a module should not open when it is imported, and what they do. */
const works: { readonly [type: string]: string } = {
  TCPSERVERWRAP: "listens",
  PIPESERVERWRAP: "listens",
  UDPWRAP: "opens a socket",
  TCPCONNECTWRAP: "opens a connection",
  PIPECONNECTWRAP: "opens a connection",
  PROCESSWRAP: "starts a process",
  WORKER: "starts a thread",
  FSEVENTWRAP: "watches a file",
}

interface RawPlace {
  readonly url: string
  readonly line: number
  readonly column: number
}

interface Timer {
  readonly place: RawPlace
  readonly resource: NodeJS.Timeout
}

/**
 * Sees what a module does while it is imported: everything that waits has an id in Node, and knows by which other it was
 * made, so that what a library does is laid to the line of the program that called it.
 */
export class ImportWatch {
  readonly #hook: AsyncHook
  readonly #places: Map<number, RawPlace> = new Map()
  readonly #works: { readonly place: RawPlace; readonly what: string }[] = []
  readonly #timers: Map<number, Timer> = new Map()
  /** Promises of the program itself that are not settled, by id. */
  readonly #waits: Map<number, RawPlace> = new Map()

  constructor() {
    this.#hook = createHook({
      // biome-ignore lint/complexity/useMaxParams: Node calls it so.
      init: (id, type, _trigger, resource) => this.#see(id, type, resource),
      promiseResolve: (id) => void this.#waits.delete(id),
      destroy: (id) => this.#forget(id),
    })
    this.#hook.enable()
  }

  /** Stops looking, and lists what was seen that goes on or reached out, each line of the program once. */
  stop(): readonly ImportTimeWork[] {
    this.#hook.disable()
    const timers = [...this.#timers.values()].filter(({ resource }) => resource.hasRef())
    const seen = [...this.#works, ...timers.map(({ place }) => ({ place, what: "starts a timer" }))]
    const byLine = new Map(
      seen.map(({ place, what }) => {
        const shown = shownPlace(toSource(place))
        return [`${shown} ${what}`, new ImportTimeWork(shown, what)] as const
      }),
    )
    return [...byLine.values()]
  }

  /** Where the program most likely waits: the last promise that it made itself and nobody settled. */
  waiting(): Place | undefined {
    const last = [...this.#waits.values()].at(-1)
    return last && toSource(last)
  }

  #see(id: number, type: string, resource: object): void {
    const frames = userFrames()
    const place = frames[0] ?? this.#places.get(executionAsyncId())
    if (place === undefined) return
    this.#places.set(id, place)
    const outermost = frames.at(-1)
    if (type === "PROMISE" && outermost !== undefined) this.#waits.set(id, outermost)
    // Node's own name for what `setTimeout()` and `setInterval()` return.
    if (type === "Timeout") this.#timers.set(id, { place, resource: resource as NodeJS.Timeout })
    const what = works[type]
    if (what !== undefined) this.#works.push({ place, what })
  }

  #forget(id: number): void {
    this.#places.delete(id)
    this.#timers.delete(id)
    this.#waits.delete(id)
  }
}

/** Where the program itself is in the calls that run, the innermost first. */
function userFrames(): readonly RawPlace[] {
  const { prepareStackTrace, stackTraceLimit } = Error
  const holder: { stack?: readonly NodeJS.CallSite[] } = {}
  // The stack as it is, which is much cheaper than as text, mapped to the sources.
  Error.prepareStackTrace = (_error, sites) => sites
  Error.stackTraceLimit = 50
  Error.captureStackTrace(holder, userFrames)
  const sites = holder.stack ?? []
  Error.prepareStackTrace = prepareStackTrace
  Error.stackTraceLimit = stackTraceLimit
  return sites.flatMap((site) => {
    const url = site.getFileName() ?? ""
    const line = site.getLineNumber()
    return line !== null && isUserFile(url) ? [{ url, line, column: site.getColumnNumber() ?? 1 }] : []
  })
}

function toSource({ url, line, column }: RawPlace): Place {
  return sourcePlace(url, line, column)
}
