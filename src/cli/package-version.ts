import { readFileSync } from "node:fs"

/** The version of this package. */
export function packageVersion(): string {
  // From `src/cli/` and `dist/chunks/` alike.
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8")
  const { version }: { readonly version: string } = JSON.parse(text)
  return version
}
