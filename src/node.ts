/** The entry of the package on Node, Bun and Deno: the same, with an environment that may set options. */
import { useEnvironment } from "./settings/environment.ts"
import { processEnvironment } from "./settings/read-settings.ts"

useEnvironment(processEnvironment)

// biome-ignore lint/performance/noReExportAll: two entries of one package must not come to differ.
export * from "./index.ts"
