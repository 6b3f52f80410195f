import { createHash } from "node:crypto"
import { lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { assertOptions, type OptionKind } from "../components/options.ts"
import { isMissing, toAbsolute } from "../components/static-resources-file.ts"
import { SkillExists, SkillRefused } from "../errors/skill-download.ts"
import { decodeBase64 } from "../shared/base64.ts"
import { toUtf8 } from "../shared/utf8.ts"
import type { ReadResourceResult } from "../spec/index.ts"
import { foldName, type ManifestFile, nameDanger, readManifest } from "./skills-manifest.ts"

/** A client, as far as skills need one. */
export interface SkillsClient {
  /** Lists all resources. */
  listResources(): Promise<readonly { readonly uri: string; readonly description?: string | undefined }[]>
  /** Reads a resource. */
  readResource(uri: string): Promise<ReadResourceResult>
}

/** A skill that a server offers. */
export interface RemoteSkill {
  /** The path of the skill in its URI, decoded: `refunds`, or `acme/refunds`. */
  readonly name: string
  /** Where its `SKILL.md` is. */
  readonly uri: string
  /** What it is for, if the server says so. */
  readonly description: string | undefined
}

/** How skills are downloaded. */
export interface DownloadSkillOptions {
  /** Whether a folder that is there already is replaced. Default `false`. */
  readonly overwrite?: boolean
  /** The most files of a skill. Default 512. */
  readonly maxFiles?: number
  /** The most bytes of a skill. Default 16 MiB. */
  readonly maxBytes?: number
  /** Ends it; what was written is removed. Default: nothing does. */
  readonly signal?: AbortSignal
}

/** What came of skills. */
export interface SyncedSkills {
  /** Written, by name. */
  readonly downloaded: readonly string[]
  /** There already: the same, or not to be overwritten. */
  readonly kept: readonly string[]
  /** Not written, and why. */
  readonly failed: readonly { readonly name: string; readonly error: unknown }[]
}

const MAX_SKILLS = 1000
const MAX_MANIFEST = 1024 * 1024

/**
 * Lists the skills that a server offers as resources, `skill://<name>/SKILL.md`, 1,000 at most.
 *
 * @example
 * for (const { name, description } of await listSkills(client)) console.log(name, description)
 */
export async function listSkills(client: SkillsClient): Promise<readonly RemoteSkill[]> {
  const found: RemoteSkill[] = []
  for (const { uri, description } of await client.listResources()) {
    const [, path] = /^skill:\/\/(.+)\/SKILL\.md$/.exec(uri) ?? []
    const name = path === undefined ? undefined : decode(path)
    if (name !== undefined && found.length < MAX_SKILLS) found.push({ name, uri, description })
  }
  return found
}

/**
 * Downloads a skill into a folder of its name, all of it or nothing. What the server says is not trusted: paths that lead
 * elsewhere on any system, more than the limits, and files that are not what the manifest says are refused.
 *
 * @param name As {@link listSkills} has it.
 * @param folder The folder that holds skills: a path, or a `file:` URL. It is made where it is missing.
 * @param options `overwrite`, `maxFiles`, `maxBytes` and `signal`.
 * @returns The path of the skill.
 * @throws {SkillExists} It is there already.
 * @throws {SkillRefused} It is not safe, or not what its manifest says.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @see https://agentskills.io/specification
 * @example
 * await downloadSkill(client, "refunds", ".claude/skills")
 */
// biome-ignore lint/complexity/useMaxParams: three say what is to be done, and the last are options.
export async function downloadSkill(
  client: SkillsClient,
  name: string,
  folder: string | URL,
  options: DownloadSkillOptions = {},
): Promise<string> {
  assertOptions("`downloadSkill()`", options, { kinds })
  return (await download(client, { name, folder: toAbsolute(folder), options })).path
}

/**
 * Downloads all skills of a server into a folder, each as {@link downloadSkill} does. What fails does not keep the others.
 *
 * @param folder The folder that holds skills: a path, or a `file:` URL.
 * @param options As of {@link downloadSkill}.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @example
 * const { failed } = await syncSkills(client, ".claude/skills", { overwrite: true })
 */
export async function syncSkills(
  client: SkillsClient,
  folder: string | URL,
  options: DownloadSkillOptions = {},
): Promise<SyncedSkills> {
  assertOptions("`syncSkills()`", options, { kinds })
  const downloaded: string[] = []
  const kept: string[] = []
  const failed: { name: string; error: unknown }[] = []
  const taken = new Set<string>()
  for (const { name } of await listSkills(client)) {
    options.signal?.throwIfAborted()
    try {
      const own = foldName(lastOf(name))
      if (taken.has(own)) throw new SkillRefused(name, "another skill of the server has its name")
      taken.add(own)
      const done = await download(client, { name, folder: toAbsolute(folder), options })
      ;(done.isNew ? downloaded : kept).push(name)
    } catch (error) {
      if (error instanceof SkillExists) kept.push(name)
      else failed.push({ name, error })
    }
  }
  options.signal?.throwIfAborted()
  return { downloaded, kept, failed }
}

const kinds: { readonly [name in keyof DownloadSkillOptions]-?: OptionKind } = {
  overwrite: "boolean",
  maxFiles: "count",
  maxBytes: "count",
  signal: { holds: (value) => value instanceof AbortSignal, expected: "an `AbortSignal`" },
}

interface Download {
  readonly name: string
  /** Whole. */
  readonly folder: string
  readonly options: DownloadSkillOptions
}

async function download(
  client: SkillsClient,
  { name, folder, options }: Download,
): Promise<{ readonly path: string; readonly isNew: boolean }> {
  const { overwrite = false, maxFiles = 512, maxBytes = 16 * 1024 * 1024, signal } = options
  const own = lastOf(name)
  const danger = nameDanger(own)
  if (danger !== undefined || own.startsWith("."))
    throw new SkillRefused(name, `its name ${danger ?? "begins with a dot"}`)
  const path = join(folder, own)
  const isThere = await isFolder(name, path)
  if (isThere && !overwrite) throw new SkillExists(path)
  const uri = `skill://${encode(name)}`
  const files = readManifest(name, await fetchManifest(client, name, uri), { maxFiles, maxBytes })
  if (isThere && (await isSame(path, files))) return { path, isNew: false }
  await mkdir(folder, { recursive: true })
  // Beside its place, so that it gets there whole or not at all.
  const work = await mkdtemp(join(folder, ".skill-"))
  try {
    await mkdir(join(work, "new"))
    for (const file of files) {
      signal?.throwIfAborted()
      const bytes = await fetchBytes(client, `${uri}/${encode(file.path)}`, file.size, name)
      assertContent(name, file, bytes)
      const target = join(work, "new", file.path)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, bytes, { flag: "wx", mode: 0o644 })
    }
    signal?.throwIfAborted()
    await put(join(work, "new"), path, isThere ? join(work, "old") : undefined)
    return { path, isNew: true }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Moves a folder to its place; what was there comes back if that fails. */
async function put(from: string, to: string, old: string | undefined): Promise<void> {
  if (old !== undefined) await rename(to, old)
  try {
    await rename(from, to)
  } catch (error) {
    if (old !== undefined) await rename(old, to)
    throw isTaken(error) ? new SkillExists(to) : error
  }
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  return code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR"
}

/** @throws {SkillRefused} Something else is there, such as a link, through which would be written. */
async function isFolder(name: string, path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isDirectory()) return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
  throw new SkillRefused(name, `\`${path}\` is there and is no folder`)
}

async function fetchManifest(client: SkillsClient, name: string, uri: string): Promise<unknown> {
  const bytes = await fetchBytes(client, `${uri}/_manifest`, MAX_MANIFEST, name)
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new SkillRefused(name, "its manifest is no JSON", cause)
  }
}

// biome-ignore lint/complexity/useMaxParams: what is fetched from where, how much at most, and what for.
async function fetchBytes(
  client: SkillsClient,
  uri: string,
  most: number,
  name: string,
): Promise<Uint8Array> {
  const { contents } = await client.readResource(uri)
  const content = contents.find((one) => one.uri === uri) ?? contents[0]
  if (content === undefined) throw new SkillRefused(name, `\`${uri}\` holds nothing`)
  const raw: unknown = "text" in content ? content.text : content.blob
  // Four characters of Base64 are three bytes, and a character of text is one at least.
  if (typeof raw !== "string" || raw.length > Math.ceil(most / 3) * 4 + 4)
    throw new SkillRefused(name, `\`${uri}\` is not of the size that was promised`)
  const bytes = "text" in content ? toUtf8(raw) : decodeBase64(raw)
  if (bytes === undefined || bytes.length > most)
    throw new SkillRefused(name, `\`${uri}\` is not of the size that was promised`)
  return bytes
}

function assertContent(name: string, { path, size, hash }: ManifestFile, bytes: Uint8Array): void {
  if (bytes.length === size && digestOf(bytes) === hash) return
  throw new SkillRefused(name, `\`${path}\` is not what the manifest says`)
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}

/** Whether the files of a manifest are there as it says; others beside them are their owner's business. */
async function isSame(path: string, files: readonly ManifestFile[]): Promise<boolean> {
  for (const file of files) {
    const target = join(path, file.path)
    try {
      const stats = await lstat(target)
      if (!stats.isFile() || stats.size !== file.size || digestOf(await readFile(target)) !== file.hash)
        return false
    } catch {
      // It is not there, or cannot be read: it is written anew.
      return false
    }
  }
  return true
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1)
}

function encode(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/")
}

function decode(path: string): string | undefined {
  try {
    return path.split("/").map(decodeURIComponent).join("/")
  } catch {
    // Not UTF-8 behind the escapes: no name.
    return undefined
  }
}
