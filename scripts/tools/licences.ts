import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./run.ts"

/** Collects the licences of the packages that files are of, which may be passed on only with them. */
export function licences(files: readonly string[]): string {
  const folders = new Set(files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file))
  const sections = [...folders].sort().map((folder) => {
    // `as`: every installed package has both.
    const { name, version, license } = JSON.parse(
      readFileSync(join(root, folder, "package.json"), "utf8"),
    ) as {
      readonly [field: string]: string
    }
    const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each))
    const text =
      file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), "utf8").trim()
    return `${name} ${version}\n\n${text}\n`
  })
  return `The command line holds these packages.\n\n${sections.join(`\n${"-".repeat(80)}\n\n`)}`
}
