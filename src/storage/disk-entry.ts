import { hash, randomUUID } from "node:crypto"
import { crc32 } from "node:zlib"
import type { Version } from "./storage.ts"

/**
 * Makes a name that nobody has used or will use, for a version or for what is temporary. It begins with the time at
 * which what has it ceases to exist, so that nothing need be opened to know that.
 *
 * @param expiresAt Milliseconds since 1970; `undefined` for never.
 */
export function newName(expiresAt: number | undefined): Version {
  return `${expiresAt ?? "never"}-${randomUUID()}`
}

const nameForm = /^(?:never|\d{1,16})-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** Tells names from what others left, and from what is no file name at all: versions come from callers, too. */
export function isName(text: string): boolean {
  return nameForm.test(text)
}

/** Returns when what has a name ceases to exist; `undefined` for never. */
export function expiryOf(name: Version): number | undefined {
  return name.startsWith("never") ? undefined : Number(name.slice(0, name.indexOf("-")))
}

/** Tells whether what has a name has not expired. */
export function isLive(name: Version, now: number): boolean {
  return (expiryOf(name) ?? Number.POSITIVE_INFINITY) > now
}

/** Makes of a key what any file system takes and keeps apart: 64 characters of `0-9 a-f`. */
export function digestOf(key: string): string {
  return hash("sha256", key)
}

/** What a file begins with: a checksum of all that follows, and how many bytes of that are the key. */
const headForm = /^([\da-f]{8}) (\d{1,9})\n/

/** Enough for the head and a key of 512 bytes, the longest of the contract. */
export const headBytes = 1024

/** Writes a key and its value as a file. */
export function encodeEntry(key: string, value: string): Buffer {
  const body = Buffer.from(key + value)
  return Buffer.concat([Buffer.from(`${checksumOf(body)} ${Buffer.byteLength(key)}\n`), body])
}

/** Reads a file; `undefined` where it is not whole, or not of that key. */
export function decodeEntry(file: Buffer, key: string): string | undefined {
  const { start, end, checksum } = headOf(file)
  // A length beyond the end would be cut to what is there, and an empty value look whole.
  if (end > file.length || checksum !== checksumOf(file.subarray(start))) return undefined
  return file.toString("utf8", start, end) === key ? file.toString("utf8", end) : undefined
}

/** Reads the key of a file from its first bytes; `undefined` where it is not that of the digest. */
export function decodeKey(file: Buffer, digest: string): string | undefined {
  const { start, end } = headOf(file)
  const key = file.toString("utf8", start, end)
  return digestOf(key) === digest ? key : undefined
}

/** Reads where the key of a file is, and the checksum of all from there. */
function headOf(file: Buffer): { readonly start: number; readonly end: number; readonly checksum: string } {
  const [head = "", checksum = "", keyBytes] = headForm.exec(file.toString("latin1", 0, 32)) ?? []
  return { start: head.length, end: head.length + Number(keyBytes ?? 0), checksum }
}

function checksumOf(body: Buffer): string {
  return crc32(body).toString(16).padStart(8, "0")
}
