import { readdirSync } from "node:fs"
import { join } from "node:path"
import { capture } from "./run.ts"

/** Packs what `dist/` holds now into a folder and gives the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  const { code, output } = await capture("npm", ["pack", "--ignore-scripts", "--pack-destination", folder])
  const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz"))
  if (code !== 0 || tarball === undefined) throw new Error(`npm pack failed:\n${output}`)
  return join(folder, tarball)
}
