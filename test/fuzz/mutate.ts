import type { Random } from "./random.ts"
import { hostileString, hostileValue, type Json, RawJson, toText, trapKeys } from "./values.ts"

/** Changes one place of a JSON value. */
export function mutateJson(random: Random, value: Json): Json {
  if (!isBranch(value) || random.chance(0.05)) return replaced(random, value)
  return Array.isArray(value)
    ? mutateArray(random, value)
    : mutateObject(random, value as { [name: string]: Json })
}

function isBranch(value: Json | undefined): boolean {
  return typeof value === "object" && value !== null && !(value instanceof RawJson)
}

function mutateArray(random: Random, items: readonly Json[]): Json {
  if (items.length === 0) return [hostileValue(random)]
  const index = random.below(items.length)
  return random.weighted<Json>([
    [4, () => items.with(index, mutateJson(random, items[index] ?? null))],
    [1, () => items.toSpliced(index, 1)],
    [1, () => items.toSpliced(index, 0, hostileValue(random))],
    [1, () => [...items, ...items]],
  ])
}

function mutateObject(random: Random, object: { readonly [name: string]: Json }): Json {
  const names = Object.keys(object)
  if (names.length === 0) return { [random.pick(trapKeys)]: hostileValue(random) }
  // Where there is more inside, there is more to change.
  const name = random.pick(
    names.flatMap((each) => (isBranch(object[each]) ? [each, each, each, each, each, each] : [each])),
  )
  const { [name]: member = null, ...rest } = object
  return random.weighted<Json>([
    [8, () => ({ ...object, [name]: mutateJson(random, member) })],
    [2, () => rest],
    [1, () => ({ ...rest, [mutateString(random, name)]: member })],
    [1, () => ({ ...object, [random.pick(names)]: member })],
    [1, () => withRaw(object, random.pick([...trapKeys, "x", ""]), hostileValue(random))],
    [0.5, () => withRaw(object, name, hostileValue(random))],
  ])
}

/** Adds a member as text, since `__proto__` and names that are there already cannot be added otherwise. */
function withRaw(object: { readonly [name: string]: Json }, name: string, value: Json): RawJson {
  const text = toText(object)
  return new RawJson(
    `${text.slice(0, -1)}${text.length === 2 ? "" : ","}${JSON.stringify(name)}:${toText(value)}}`,
  )
}

function replaced(random: Random, value: Json): Json {
  return random.weighted<Json>([
    [5, () => hostileValue(random)],
    [1, () => [value]],
    [1, () => ({ value })],
    [3, () => (typeof value === "string" ? mutateString(random, value) : hostileValue(random))],
    [1, () => (typeof value === "number" ? String(value) : hostileValue(random))],
  ])
}

/** Changes a text somewhere. */
export function mutateString(random: Random, text: string): string {
  const at = random.below(text.length + 1)
  return random.weighted<string>([
    [2, () => text.slice(0, at) + text.slice(at + 1)],
    [2, () => text.slice(0, at) + random.pick([..."%/\\{}?#&=+*.:;,\"' \t\0\x7fé😀A"]) + text.slice(at)],
    [1, () => text.slice(0, at)],
    [1, () => text + text],
    [1, () => text.toUpperCase()],
    [1, () => hostileString(random)],
    [1, () => ` ${text} `],
    [1, () => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, "?"))],
    [1, () => `=?base64?${Buffer.from(text).toString("base64")}?=`],
  ])
}

/** Changes bytes somewhere, without regard for what they mean. */
export function mutateBytes(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1)
  const end = Math.min(bytes.length, at + 1 + random.below(16))
  return random.weighted<Buffer>([
    [4, () => flipped(random, bytes)],
    [2, () => Buffer.concat([bytes.subarray(0, at), noise(random), bytes.subarray(at)])],
    [2, () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])],
    [2, () => bytes.subarray(0, at)],
    [1, () => Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])],
    [
      1,
      () =>
        Buffer.from(
          bytes.toString("latin1").replaceAll("\r\n", random.pick(["\n", "\r", "\r\n ", "\r\n\r\n"])),
          "latin1",
        ),
    ],
  ])
}

function flipped(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let count = 1 + random.below(4); count > 0 && copy.length > 0; count--) {
    const at = random.below(copy.length)
    copy[at] = random.chance(0.5) ? random.below(256) : (copy[at] ?? 0) ^ (1 << random.below(8))
  }
  return copy
}

function noise(random: Random): Buffer {
  return random.weighted<Buffer>([
    [3, () => Buffer.from(Array.from({ length: 1 + random.below(20) }, () => random.below(256)))],
    [
      1,
      () =>
        Buffer.from(
          random.pick([
            "\r\n",
            "\r\n\r\n",
            "\0",
            ": ",
            "HTTP/1.1",
            "Transfer-Encoding: chunked\r\n",
            "Content-Length: 5\r\n",
          ]),
        ),
    ],
    [0.2, () => Buffer.alloc(20_000, "x")],
  ])
}
