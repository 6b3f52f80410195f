import type { KnipConfig } from "knip"
import { commands, entries, importTargets, runtimeEntries } from "./scripts/tools/manifest.ts"

// The public entries stand in package.json only; `!` marks what ships (knip --production).
const shipped = [
  ...[...entries(), ...runtimeEntries(), ...importTargets()].map(({ source }) => source),
  ...commands(),
].map((file) => `${file}!`)

const config: KnipConfig = {
  entry: [
    ...new Set(shipped),
    // Schemas that peers send come with proxies; what makes them safe is held to the other validators from now on.
    "src/schema/peer.ts!",
    // The neutral words of the protocol are one vocabulary, whichever of them are in use today.
    "src/spec/index.ts!",
    "src/**/*.test-d.ts",
    "scripts/*.ts",
    "examples/**/*.ts",
    "test/**/*.test-d.ts",
    "test/conformance/*.ts",
    "test/**/fixtures/*.ts",
    "test/runtimes/{consumer,vitest.config,storage-worker}.ts",
    "test/services/{vitest.config,**/*.test}.ts",
  ],
  project: ["src/**/*.ts!", "!src/**/*.test.ts!", "!src/**/*.test-d.ts!", "{scripts,test,examples}/**/*.ts"],
  // The revision types are generated whole from the published schemas; frameworks are installed in test/hosts/.
  ignore: ["src/spec/20*.ts", "{test,examples}/hosts/*.ts"],
  // Called by path from scripts/, or by hand; and `cloudflare:workers`, which the runtime has.
  ignoreDependencies: ["@arethetypeswrong/cli", "cloudflare", "dependency-cruiser", "publint"],
  ignoreExportsUsedInFile: { interface: true, type: true },
  treatConfigHintsAsErrors: false,
}

export default config
