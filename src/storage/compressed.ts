import { assertOptions, type KnownOptions } from "../components/options.ts"
import { CorruptValue, ValueTooLarge } from "../errors/storage.ts"
import { decodeBase64, encodeBase64 } from "../shared/base64.ts"
import { fromUtf8, toUtf8 } from "../shared/utf8.ts"
import { over } from "./over.ts"
import type { StorageDriver } from "./storage.ts"

/** What is compressed, and how much it may become again. */
export interface CompressedOptions {
  /** From how many bytes on, in UTF-8, a value is compressed. Default 1,024. */
  readonly minBytes?: number
  /** The most bytes of a value in UTF-8 before it is compressed. Default 16 Mi. */
  readonly maxBytes?: number
}

const known: KnownOptions = { kinds: { minBytes: "size", maxBytes: "count" } }

/**
 * Compresses large values before they reach a storage. Small ones, and those that would not become shorter, are kept as
 * they are, so that values which were written without it, and counters, are read as they were.
 *
 * @param driver Where the compressed values are kept.
 * @param options `minBytes` and `maxBytes`.
 * @throws {ValueTooLarge} By `write`: a value takes more than `maxBytes`.
 * @throws {CorruptValue} By `get`: what is stored was not compressed here, or would take more than `maxBytes`.
 * @example
 * const pages = compressed(memoryStorage())
 * await pages.write("home", "<li>Hello</li>".repeat(10_000))
 * @see RFC 1950 for the format, kept as Base64
 */
export function compressed(driver: StorageDriver, options: CompressedOptions = {}): StorageDriver {
  assertOptions("`compressed()`", options, known)
  const { minBytes = 1024, maxBytes = 16 * 1024 * 1024 } = options
  return over(driver, {
    async get(key) {
      const stored = await driver.get(key)
      return stored && { ...stored, value: await unpack(key, stored.value, maxBytes) }
    },
    async write(key, value, writeOptions) {
      const text = value === undefined ? undefined : await pack({ key, value }, { minBytes, maxBytes })
      return driver.write(key, text, writeOptions)
    },
  })
}

/** Stands before what is compressed, and before what is not but begins as if it were. */
const marks = { deflate: "deflate,", plain: "plain," } as const

async function pack(
  { key, value }: { readonly key: string; readonly value: string },
  { minBytes, maxBytes }: Required<CompressedOptions>,
): Promise<string> {
  const bytes = toUtf8(value)
  // What could not be read again must not be written.
  if (bytes.length > maxBytes)
    throw new ValueTooLarge(key, bytes.length, { of: "`compressed()`", bytes: maxBytes })
  if (bytes.length < minBytes) return plain(value)
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"))
  const packed = await readAll(stream, Number.POSITIVE_INFINITY)
  const text = marks.deflate + encodeBase64(packed)
  return text.length < bytes.length ? text : plain(value)
}

function plain(value: string): string {
  const isLikeOurs = value.startsWith(marks.deflate) || value.startsWith(marks.plain)
  return isLikeOurs ? marks.plain + value : value
}

async function unpack(key: string, text: string, maxBytes: number): Promise<string> {
  if (text.startsWith(marks.plain)) return text.slice(marks.plain.length)
  if (!text.startsWith(marks.deflate)) return text
  const packed = decodeBase64(text.slice(marks.deflate.length))
  const value = packed && fromUtf8(await inflate(key, packed, maxBytes))
  if (value === undefined) throw new CorruptValue(key, "compressed text")
  return value
}

async function inflate(key: string, packed: Uint8Array<ArrayBuffer>, maxBytes: number): Promise<Uint8Array> {
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))
    return await readAll(stream, maxBytes)
  } catch (cause) {
    throw new CorruptValue(key, `compressed text of at most ${maxBytes} bytes`, cause)
  }
}

/** Reads no further than it may: a few bytes can stand for gigabytes. */
async function readAll(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > maxBytes) throw new RangeError("there is more")
    chunks.push(chunk)
  }
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
