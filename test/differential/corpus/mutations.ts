import { Random } from "./random.ts"
import { type Case, call, type HttpRequest, request } from "./request.ts"

/** Valid requests with one or two things changed at random, the same ones for the same seed. */
export function mutationCases(seed: number, count: number): readonly Case[] {
  const random = new Random(seed)
  return Array.from({ length: count }, (_, index) => {
    const [name, base] = random.pick(Object.entries(bases))
    let mutant: Mutant = { request: base, message: JSON.parse(base.body ?? "{}"), changes: [] }
    for (let left = 1 + random.below(2); left > 0; left--) mutant = random.pick(mutations)(mutant, random)
    const body = mutant.text ?? JSON.stringify(mutant.message)
    return {
      name: `mutation ${index} of ${name}: ${mutant.changes.join("; ")}`,
      request: { ...mutant.request, body },
      // A mutant may be a good request for a stream that stays open.
      take: 4,
    }
  })
}

const bases: { readonly [name: string]: HttpRequest } = {
  discover: request("server/discover"),
  "list tools": request("tools/list"),
  "list prompts": request("prompts/list", {}, { id: "p" }),
  add: call("add", { a: 1, b: 2 }),
  echo: call("echo", { text: "hi", times: 2 }),
  place: call(
    "place",
    { region: "north", shard: 3 },
    { headers: { "mcp-param-region": "north", "mcp-param-shard": "3" } },
  ),
  count: call("count", { to: 2 }, { meta: { progressToken: "t" } }),
  register: call("register"),
  read: request("resources/read", { uri: "config://app" }),
  "read a template": request("resources/read", { uri: "users://user-1/profile" }),
  prompt: request("prompts/get", { name: "review", arguments: { code: "x" } }),
  complete: request("completion/complete", {
    ref: { type: "ref/prompt", name: "review" },
    argument: { name: "language", value: "ja" },
  }),
}

interface Mutant {
  readonly request: HttpRequest
  readonly message: Json
  /** The text of the body, once it is no longer that of `message`. */
  readonly text?: string
  readonly changes: readonly string[]
}

type Json = { readonly [name: string]: unknown }
type Mutation = (mutant: Mutant, random: Random) => Mutant

const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  "",
  "x",
  "2026-07-28",
  "tools/call",
  [],
  {},
  ["a"],
  { a: 1 },
]

const mutations: readonly Mutation[] = [
  (mutant, random) => inMessage(mutant, random, () => ({ name: "without", value: undefined })),
  (mutant, random) =>
    inMessage(mutant, random, () => {
      const value = random.pick(values)
      return { name: `${JSON.stringify(value)} as`, value }
    }),
  (mutant, random) => inMessage(mutant, random, (value) => ({ name: "list of", value: [value] })),
  (mutant, random) =>
    inMessage(mutant, random, (value) => ({
      name: "text of",
      value: typeof value === "string" ? value : String(value),
    })),
  (mutant, random) =>
    inMessage(mutant, random, (value) => ({
      name: "other case of",
      value: typeof value === "string" ? swapCase(value) : value,
    })),
  (mutant, random) => inHeaders(mutant, random, () => undefined),
  (mutant, random) =>
    inHeaders(mutant, random, () =>
      random.pick(["", "x", "2025-11-25", "tools/list", "add", "=?base64?eA==?="]),
    ),
  (mutant, random) => inHeaders(mutant, random, swapCase),
  (mutant, random) => inHeaders(mutant, random, (value) => ` ${value}  `),
  (mutant, random) =>
    inHeaders(mutant, random, (value) => `=?base64?${Buffer.from(value).toString("base64")}?=`),
  (mutant, random) => inText(mutant, random, () => undefined),
  (mutant, random) => inText(mutant, random, () => random.pick([...'{}[]",: x0\\'])),
]

/** Changes one member of the message, however deep; its place is chosen by chance. */
function inMessage(
  mutant: Mutant,
  random: Random,
  change: (value: unknown) => { readonly name: string; readonly value: unknown },
): Mutant {
  if (mutant.text !== undefined) return mutant
  const path = random.pick(paths(mutant.message, []))
  let name = ""
  const message = replaceAt(mutant.message, path, (value) => {
    const changed = change(value)
    name = changed.name
    return changed.value
  })
  const changes = [...mutant.changes, `${name} ${path.join(".")}`]
  // `replaceAt` keeps the outermost object, since no path is empty.
  return { ...mutant, message: message as Json, changes }
}

function inHeaders(mutant: Mutant, random: Random, change: (value: string) => string | undefined): Mutant {
  const name = random.pick(Object.keys(mutant.request.headers).filter((key) => key.startsWith("mcp-")))
  const value = change(String(mutant.request.headers[name] ?? ""))
  const headers = { ...mutant.request.headers, [name]: value }
  const changes = [
    ...mutant.changes,
    `header ${name} ${value === undefined ? "left out" : JSON.stringify(value)}`,
  ]
  return { ...mutant, request: { ...mutant.request, headers }, changes }
}

/** Puts a letter into the text of the body, or cuts it there. */
function inText(mutant: Mutant, random: Random, letter: () => string | undefined): Mutant {
  const before = mutant.text ?? JSON.stringify(mutant.message)
  const at = random.below(before.length)
  const start = before.slice(0, at)
  const added = letter()
  const place = `after …${start.slice(-30)}`
  const text = added === undefined ? start : start + added + before.slice(at)
  const change = added === undefined ? `body cut ${place}` : `body with ${added} ${place}`
  return { ...mutant, text, changes: [...mutant.changes, change] }
}

function paths(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path]
  const inner = Object.entries(value).flatMap(([name, item]) => paths(item, [...path, name]))
  return path.length === 0 ? inner : [path, ...inner]
}

function replaceAt(
  value: unknown,
  [name, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (name === undefined) return change(value)
  const entries = Object.entries(value as object).map(([key, item]) => [
    key,
    key === name ? replaceAt(item, rest, change) : item,
  ])
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

function swapCase(text: string): string {
  return [...text]
    .map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
    .join("")
}
