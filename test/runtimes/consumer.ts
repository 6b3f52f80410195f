import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { TestProject } from "vitest/node"
import { pack } from "../../scripts/tools/pack.ts"
import { capture, root } from "../../scripts/tools/run.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** A folder of a user who installed the package as npm would publish it, with the fixtures as programs. */
    consumer: string
  }
}

/** What the package and the fixtures need besides. */
const dependencies = [
  "@standard-schema/spec",
  "ajv",
  "fast-deep-equal",
  "fast-uri",
  "json-schema-traverse",
  "require-from-string",
  "zod",
]

/** Makes the folder once for all tests, of what `dist/` holds. */
export async function setup({ provide }: TestProject): Promise<() => void> {
  const consumer = mkdtempSync(join(tmpdir(), "fleetmcp-runtimes-"))
  const installed = join(consumer, "node_modules/fleetmcp")
  mkdirSync(installed, { recursive: true })
  await capture("tar", ["-xzf", await pack(consumer), "--strip-components=1", "-C", installed])
  for (const name of dependencies) {
    const link = join(consumer, "node_modules", name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, "node_modules", name), link)
  }
  writeFileSync(join(consumer, "package.json"), '{ "type": "module" }\n')
  cpSync(join(root, "test/runtimes/fixtures"), consumer, { recursive: true })
  provide("consumer", consumer)
  return () => rmSync(consumer, { recursive: true, force: true })
}
