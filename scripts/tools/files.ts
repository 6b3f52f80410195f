import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { root } from "./run.ts"

/** Lists the files below a folder of the repository, as sorted paths from its root with `/`. */
export function filesIn(folder: string, isWanted: (path: string) => boolean): readonly string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((path) => !path.includes("node_modules/") && isWanted(path))
    .sort()
}

/** Says whether a path is code that ships: TypeScript below `src/` that is no test. */
export function isSource(path: string): boolean {
  return path.endsWith(".ts") && !/\.test(-d)?\.ts$/.test(path)
}
