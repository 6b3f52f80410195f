/**
 * What a program finds in its world, as JavaScript that runs there first. It can be spoilt by the program, which harms nobody
 * else: between the world and us there are only texts.
 */
export const worldCode = `(function (hostCall, hostLog, hostDone, now, seed) {
  "use strict"
  const { stringify, parse } = JSON
  const pending = new Map()
  let last = 0
  const callTool = (name, args) => new Promise((resolve, reject) => {
    if (typeof name !== "string") throw new TypeError("callTool(name, args): the name must be a string")
    const given = args === undefined ? {} : args
    if (typeof given !== "object" || given === null || Array.isArray(given))
      throw new TypeError("callTool(name, args): the arguments must be an object")
    const text = stringify([name, given])
    const id = ++last
    pending.set(id, { resolve, reject })
    hostCall(id, text)
  })
  const settle = (id, ok, text) => {
    const waiting = pending.get(id)
    pending.delete(id)
    if (ok) waiting.resolve(parse(text))
    else waiting.reject(new Error(parse(text)))
  }
  const shown = (value) => {
    if (typeof value === "string") return value
    try {
      const text = value instanceof Error ? String(value) : stringify(value)
      return text === undefined ? String(value) : text
    } catch { return "[something that cannot be shown]" }
  }
  const log = (...values) => hostLog(stringify(values.map(shown).join(" ").slice(0, 10000)))
  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
  define("callTool", callTool)
  define("tools", new Proxy({}, {
    get: (_, name) => (typeof name === "string" && name !== "then" ? (args) => callTool(name, args) : undefined),
  }))
  define("console", { log, info: log, warn: log, error: log, debug: log })
  const RealDate = Date
  const StillDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now] : args, newTarget),
    apply: () => new RealDate(now).toString(),
    get: (target, name) => (name === "now" ? () => now : Reflect.get(target, name)),
  })
  RealDate.prototype.constructor = StillDate
  define("Date", StillDate)
  let state = seed | 0
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const describe = (error) => {
    try {
      if (!(error instanceof Error)) return "Thrown: " + shown(error)
      const at = /program\\.js:(\\d+)/.exec(String(error.stack))
      return String(error.name) + ": " + String(error.message) + (at ? " (line " + at[1] + ")" : "")
    } catch { return "Something was thrown that cannot be shown" }
  }
  const start = async (program) => {
    try {
      const text = stringify(await program())
      hostDone(true, text === undefined ? "" : text)
    } catch (error) {
      hostDone(false, stringify(describe(error).slice(0, 2000)))
    }
  }
  return { start: (program) => void start(program), settle }
})`
