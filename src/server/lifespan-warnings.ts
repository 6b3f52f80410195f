import { LifespanNotEnded, LifespanRepeated } from "../errors/lifespans.ts"
import { testRunner } from "../shared/test-runner.ts"
import { closingLine } from "./closing-line.ts"
import type { LifespanHost } from "./lifespan-host.ts"

/** As much as is used of `process`, where there is one. */
interface Exits {
  once(event: "exit", listener: () => void): unknown
  off(event: "exit", listener: () => void): unknown
}

interface Unclosed {
  readonly host: LifespanHost
  readonly names: () => readonly string[]
}

/** The servers whose lifespans run. */
const unclosed: Set<Unclosed> = /* @__PURE__ */ new Set()

/**
 * Warns when the process ends while lifespans run that nobody has ended.
 *
 * @param names Those that run.
 * @returns What ends the watch.
 */
export function watchExit(host: LifespanHost, names: () => readonly string[]): () => void {
  const { process } = globalThis as { readonly process?: Partial<Exits> }
  // A test ends when it likes.
  if (typeof process?.once !== "function" || testRunner() !== undefined) return () => undefined
  const entry = { host, names }
  if (unclosed.size === 0) process.once("exit", warnOfExit)
  unclosed.add(entry)
  return () => {
    unclosed.delete(entry)
    if (unclosed.size === 0) process.off?.("exit", warnOfExit)
  }
}

function warnOfExit(): void {
  for (const { host, names } of unclosed) {
    const all = names().map((name) => `\`${name}\``)
    const what = `The process ends while lifespans of the server \`${host.name}\` run: ${all.join(", ")}.`
    warn(
      host,
      "Lifespans were not ended",
      new LifespanNotEnded(what, `Close the server first: ${closingLine()}`),
    )
  }
}

const told: WeakSet<LifespanHost> = /* @__PURE__ */ new WeakSet()

/** Warns, once, where a platform ends what a request has begun with the request. */
export function warnOfRequestStart(host: LifespanHost): void {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } }
  if (navigator?.userAgent !== "Cloudflare-Workers" || told.has(host)) return
  told.add(host)
  const what =
    "A request started the lifespans without `waitUntil`: when its client leaves, the start is cut off."
  const fix =
    "Serve by `export default workers(mcp)` of `fleetmcp/http/workers`, and hand its `fetch` the context."
  warn(host, "Lifespans may be cut off", new LifespanNotEnded(what, fix))
}

/** How many servers run a lifespan. */
const counts: WeakMap<object, number> = /* @__PURE__ */ new WeakMap()
const shared: WeakSet<object> = /* @__PURE__ */ new WeakSet()

/**
 * Notes that a lifespan runs, and warns, once, where another server has it running already.
 *
 * @returns What notes its end.
 */
export function noteStart(host: LifespanHost, lifespan: { readonly name: string }): () => void {
  const count = counts.get(lifespan) ?? 0
  counts.set(lifespan, count + 1)
  if (count > 0 && !shared.has(lifespan)) {
    shared.add(lifespan)
    warn(host, "A lifespan runs more than once", new LifespanRepeated(lifespan.name, host.name))
  }
  return () => void counts.set(lifespan, (counts.get(lifespan) ?? 1) - 1)
}

function warn({ log }: LifespanHost, message: string, error: Error): void {
  // Where it was noticed helps nobody.
  error.stack = `${error.name}: ${error.message}`
  log({ level: "warning", message, error })
}
