import { mkdirSync } from "node:fs"
import { join } from "node:path"

let folders = 0

/** Makes a folder of its own in that which the parent made for this process, and removes. */
export function newFolder() {
  const folder = join(process.env.BENCH_FOLDER, String(folders++))
  mkdirSync(folder)
  return folder
}
