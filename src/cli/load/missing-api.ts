import { OutdatedRuntime } from "../../errors/cli.ts"
import { placeOf, shownPlace } from "./place.ts"

/** What versions of Node brought that programs are likely to use, and that our lowest lacks. */
const since: { readonly [name: string]: string } = {
  "node:sqlite": "22.13",
  WebSocket: "22",
  navigator: "21",
  CloseEvent: "23",
  localStorage: "25",
  sessionStorage: "25",
  Iterator: "22",
  URLPattern: "24",
  Float16Array: "24",
  ErrorEvent: "25",
  "Array.fromAsync": "22",
  "Object.groupBy": "21",
  "Map.groupBy": "21",
  "Promise.withResolvers": "22",
  "Promise.try": "23",
  "RegExp.escape": "24",
  "Error.isError": "24",
}

/** Explains an error of a program that uses what this Node does not have yet. */
export function explainMissingApi(error: unknown): OutdatedRuntime | undefined {
  if (!(error instanceof Error)) return undefined
  const [, name = ""] =
    /^No such built-in module: (\S+)|^(\w+) is not defined$|^(\w+\.\w+) is not a function$/
      .exec(error.message)
      ?.filter((group) => group !== undefined) ?? []
  const version = Object.hasOwn(since, name) ? since[name] : undefined
  if (version === undefined) return undefined
  const place = placeOf(error)
  const where = place === undefined ? "" : `, used at ${shownPlace(place)},`
  return new OutdatedRuntime(
    `\`${name}\`${where} is not in Node ${process.versions.node}.`,
    `Node ${version}`,
    error,
  )
}
