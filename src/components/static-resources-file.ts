import { constants } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { basename, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { ResourceNotFound } from "../errors/resource-not-found.ts"
import { ResourceUnreadable } from "../errors/resource-unreadable.ts"
import { fromUtf8, withoutMark } from "../shared/utf8.ts"
import { isTextType, mediaTypeOfPath } from "./content-extension.ts"
import { assertOptions } from "./options.ts"
import type { Resource, ResourceConfig } from "./resource.ts"
import { fixedConfig, fixedResource } from "./static-resources.ts"

/** How the file of a resource is read. */
export interface FileResourceOptions {
  /** The largest file, in bytes. Default 10 MiB. */
  readonly maxBytes?: number
}

/**
 * Makes a resource of a file, read at each read. Text types are text, all others bytes.
 *
 * @param config its URI, or all that is known of it; `name` by default that of the file, `mimeType` by its extension
 * @param path a path, from the working directory at this moment, or a `file:` URL
 * @param options `maxBytes`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @throws {InvalidUriTemplate} FLEET-04
 * @see S28/server/resources#reading-resources
 * @example
 * mcp.add(fileResource("docs://readme", new URL("README.md", import.meta.url)))
 */
export function fileResource<const Uri extends string>(
  config: Uri | ResourceConfig<Uri>,
  path: string | URL,
  options: FileResourceOptions = {},
): Resource<Uri> {
  const given = fixedConfig("fileResource", config)
  assertOptions("`fileResource()`", options, { kinds: { maxBytes: "count" } })
  const absolute = toAbsolute(path)
  const mimeType = given.mimeType ?? mediaTypeOfPath(absolute) ?? "application/octet-stream"
  const asText = isTextType(mimeType)
  const limit = options.maxBytes ?? 10 * 1024 * 1024
  return fixedResource({ name: basename(absolute), ...given, mimeType }, async () => {
    const bytes = await readBounded(given.uri, absolute, limit)
    // Text in another encoding: the bytes are sent as they are.
    const text = asText ? fromUtf8(bytes) : undefined
    return text === undefined ? bytes : withoutMark(text)
  })
}

/** Makes a path absolute now: the working directory may change later. */
export function toAbsolute(path: string | URL): string {
  return resolve(path instanceof URL ? fileURLToPath(path) : path)
}

async function readBounded(uri: string, path: string, limit: number): Promise<Uint8Array> {
  const handle = await openFile(uri, path)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new ResourceUnreadable(uri, "it is not a file")
    if (stat.size > limit) throw new ResourceUnreadable(uri, `it has ${stat.size} bytes, of at most ${limit}`)
    // A file may grow while it is read: no more than its size is taken.
    const bytes = new Uint8Array(stat.size)
    const { bytesRead } = await handle.read(bytes, 0, stat.size, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

// Without O_NONBLOCK, opening a named pipe waits for a writer, maybe for ever. Windows has neither.
const READ_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

async function openFile(uri: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, READ_AT_ONCE)
  } catch (cause) {
    if (isMissing(cause)) throw new ResourceNotFound(uri)
    throw new ResourceUnreadable(uri, "its file cannot be opened", { cause })
  }
}

/** Tells whether the file system says that there is nothing at a path. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")
}
