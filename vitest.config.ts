import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

type Target = string | Readonly<Record<string, string>>
interface Manifest {
  readonly exports: Readonly<Record<string, Target>>
  readonly imports: Readonly<Record<string, Target>>
}

const root = fileURLToPath(new URL(".", import.meta.url))
// `as`: JSON.parse says `any`; scripts/check-exports.ts checks the shape of both tables.
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as Manifest

/** Says which source file a `dist/` target of package.json is built from. */
const source = (target: string): string => target.replace("./dist/", `${root}src/`).replace(/\.js$/, ".ts")

const named = [
  ...Object.entries(manifest.exports).map(
    ([path, target]) => [path.replace(".", "fleetmcp"), target] as const,
  ),
  ...Object.entries(manifest.imports),
]

/** What the package offers and imports by a name, as it stands in the sources. */
export const alias: { readonly find: RegExp; readonly replacement: string }[] = named.map(
  ([name, target]) => ({
    find: new RegExp(`^${name}$`),
    replacement: source(typeof target === "string" ? target : (target.node ?? target.default ?? "")),
  }),
)

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["{src,test,scripts}/**/*.test.ts"],
    // What needs runtimes and frameworks of its own is run by `npm run runtimes`, and servers by `npm run services`.
    exclude: ["**/node_modules/**", "test/{runtimes,hosts,services}/**"],
    dangerouslyIgnoreUnhandledErrors: false,
    passWithNoTests: false,
    setupFiles: ["./test/support/preload.ts"],
    reporters: ["default", "./scripts/vitest-summary-reporter.ts"],
  },
})
