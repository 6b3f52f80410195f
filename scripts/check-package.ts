/** Packs the package as npm would publish it and has publint and attw judge the result. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pack } from "./tools/pack.ts"
import { capture } from "./tools/run.ts"

const folder = mkdtempSync(join(tmpdir(), "fleetmcp-pack-"))
try {
  const tarball = await pack(folder)
  const judges = [
    ["publint", ["node_modules/publint/src/cli.js", "run", tarball, "--strict"]],
    [
      "attw",
      [
        "node_modules/@arethetypeswrong/cli/dist/index.js",
        tarball,
        "--profile",
        "esm-only",
        "--no-emoji",
        "--no-color",
      ],
    ],
  ] as const
  for (const [name, args] of judges) {
    const { code, output } = await capture(process.execPath, args)
    if (code === 0) continue
    console.log(`${name}:\n${output.trim()}\n`)
    process.exitCode = 1
  }
  if (process.exitCode === 1) console.log("Mend `exports`, `files` or the build until both tools agree.")
  else console.log("publint and attw agree with the packed package")
} finally {
  rmSync(folder, { recursive: true, force: true })
}
