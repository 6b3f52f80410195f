import { LifespanNotRun } from "../errors/lifespan-keys.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import type { KeyHolder } from "../protocol/call.ts"
import type { ContextKey } from "./context.ts"
import { type Opened, type Opener, toOpen } from "./opener.ts"
import { assertOptions, type KnownOptions } from "./options.ts"

/** The server, as far as what starts with it may know it. There is no caller yet: what it makes is for all of them. */
export interface LifespanServer {
  /** The name of the server. */
  readonly name: string
  /** Aborted when the start takes too long, or the server closes before it has started. */
  readonly signal: AbortSignal
  /**
   * Takes the value of a lifespan that started before.
   *
   * @throws {LifespanNotRun} FLEET-17: it did not.
   */
  readonly require: <T>(key: ContextKey<T>) => T
}

/** How long a lifespan may take. */
export interface LifespanOptions {
  /** Milliseconds it may take to start; `Infinity` is no limit. Default 30,000. */
  readonly startTimeout?: number
  /** Milliseconds it may take to end. Default: the `graceMs` of `mcp.close()`, and 5,000 at least. */
  readonly stopTimeout?: number
}

/**
 * A value that lives as long as the server, as a typed key: made by {@link lifespan}, given to servers, taken by
 * `ctx.require()`.
 */
export interface Lifespan<T = unknown> extends ContextKey<T> {
  readonly kind: "lifespan"
  /** Names it in errors and logs. */
  readonly name: string
  /** Milliseconds it may take to start. */
  readonly startTimeout: number
  /** Milliseconds it may take to end, if it says them itself. */
  readonly stopTimeout: number | undefined
  /**
   * Makes the value, and what gives it back.
   *
   * @internal
   */
  readonly open: (server: LifespanServer) => Promise<Opened>
}

/**
 * Makes what is started once with a server and ended with it, such as a pool of connections. It is a key of its value.
 *
 * @param name Names it in errors and logs.
 * @param opener Makes the value: a function that returns it, where it is disposed of if it can be, or that yields it
 * and gives it back in what follows; or `{ start, stop }`.
 * @param options `startTimeout` and `stopTimeout`. Default: 30 seconds, and the grace of the close.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} The name, the opener or an option is none.
 * @example
 * const visits = lifespan("visits", async function* () {
 *   const counts = new Map<string, number>()
 *   yield counts
 *   console.error(`${counts.size} visitors`)
 * })
 * const mcp = new FleetMCP("Demo", { lifespan: visits })
 * mcp.tool({ name: "visitors" }, (_, ctx) => ctx.require(visits).size)
 */
export function lifespan<T>(
  name: string,
  opener: Opener<T, LifespanServer>,
  options: LifespanOptions = {},
): Lifespan<T> {
  if (typeof name !== "string" || name === "")
    throw new InvalidOption(
      "The first argument of `lifespan()`",
      quoted(name),
      'Give the name: `lifespan("db", …)`.',
    )
  assertOpener("lifespan", opener)
  assertOptions(`The lifespan \`${name}\``, options, lifespanOptions)
  const { startTimeout = 30_000, stopTimeout } = options
  const key: Lifespan<T> = Object.freeze({
    kind: "lifespan",
    name,
    startTimeout,
    stopTimeout,
    open: toOpen(opener),
    missing: (server: KeyHolder) => whyMissing(key, server),
  })
  return key
}

/** @throws {InvalidOption} It is neither a function nor `{ start, stop }`. */
export function assertOpener(factory: string, opener: unknown): void {
  if (typeof opener === "function") return
  const { start, stop } = (opener ?? {}) as { readonly start?: unknown; readonly stop?: unknown }
  if (typeof start === "function" && typeof stop === "function") return
  const fix = "Give a function that returns or yields the value, or `{ start, stop }`."
  throw new InvalidOption(`The second argument of \`${factory}()\``, quoted(opener), fix)
}

const lifespanOptions: KnownOptions = { kinds: { startTimeout: "timeout", stopTimeout: "timeout" } }

function whyMissing(lifespan: { readonly name: string }, { isEnded, waiting }: KeyHolder): LifespanNotRun {
  const { name } = lifespan
  if (isEnded) {
    const fix = "Stop what runs on when `ctx.signal` is aborted."
    return new LifespanNotRun(`The lifespan \`${name}\` has ended: the server is closed.`, fix)
  }
  if (waiting.some((owner) => [owner.lifespan].flat().includes(lifespan))) {
    const fix =
      "Take its value in a handler, after `await mcp.start()`, or in a lifespan that stands behind it in the list."
    return new LifespanNotRun(`The lifespan \`${name}\` has not started.`, fix)
  }
  const fix = `Give it to the server: \`new FleetMCP(…, { lifespan: ${name} })\`.`
  return new LifespanNotRun(`The server has no lifespan \`${name}\`.`, fix)
}
