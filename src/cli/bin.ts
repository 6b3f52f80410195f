#!/usr/bin/env node
import { OutdatedRuntime } from "../errors/cli.ts"
import { exitCodes, sayFailure } from "./failure.ts"

/** As package.json says. */
const oldest = [20, 19] as const

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  const what = `This is Node ${process.versions.node}, which is too old for fleetmcp.`
  sayFailure(new OutdatedRuntime(what, `Node ${oldest.join(".")}`), false)
  process.exitCode = exitCodes.failed
} else {
  // Whoever reads our output may have read enough, as `head` has.
  process.stdout.on("error", () => process.exit())
  void import("./program.ts").then(async ({ main }) => {
    const code = await main(process.argv.slice(2))
    // What a program left open must not keep the command; what was written must have gone out.
    process.stdout.write("", () => process.exit(process.exitCode ?? code))
  })
}
