/**
 * `node:fs` against `diskStorage()`, which outlasts a loss of power: bare, a file is written and synced beside the old
 * one, renamed over it, and its folder synced. That has no conditional write, and knows nothing of a damaged file.
 */
import { randomUUID } from "node:crypto"
import { open as openFile, readFile, rename } from "node:fs/promises"
import { join } from "node:path"
import { DIST } from "../lib/dist.mjs"
import { newFolder } from "./folder.mjs"

const { diskStorage } = await import(`${DIST}storage/disk.js`)

export const open = () => ({ raw: files(newFolder()), driver: diskStorage({ folder: newFolder() }) })

function files(folder) {
  const pathOf = (key) => join(folder, encodeURIComponent(key))
  return {
    async get(key) {
      const text = await readFile(pathOf(key), "utf8").catch(ifMissing)
      const entry = text === undefined ? undefined : JSON.parse(text)
      return entry === undefined || entry.expiresAt > Date.now() ? entry : undefined
    },
    async set(key, value, ttl) {
      const [path, version] = [pathOf(key), randomUUID()]
      const draft = `${path}.${version}`
      const text = JSON.stringify({ value, version, expiresAt: Date.now() + ttl })
      await withFile(draft, "wx", (file) => file.writeFile(text).then(() => file.sync()))
      await rename(draft, path)
      await withFile(folder, "r", (opened) => opened.sync())
      return version
    },
  }
}

async function withFile(path, flags, work) {
  const file = await openFile(path, flags, 0o600)
  try {
    await work(file)
  } finally {
    await file.close()
  }
}

function ifMissing(error) {
  if (error.code !== "ENOENT") throw error
}
