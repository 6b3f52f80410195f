import type { Command } from "commander"
import { addFlags, type FlagOptions, readFlags } from "./flags.ts"

interface RunCommandOptions extends FlagOptions {
  readonly banner: boolean
}

/** Adds `fleetmcp run`. */
export function addRun(program: Command): void {
  const command = program
    .command("run")
    .description("run a server, over standard input and output unless its program or a flag says otherwise")
    .argument("<file>", "the program that makes the server; `server.ts:name` picks an export")
    .argument("[args...]", "what the program finds in `process.argv`, after `--`")
  addFlags(command)
    .option("--no-banner", "say nothing when it listens")
    .action(async (file: string, args: readonly string[], options: RunCommandOptions) => {
      if (/^[a-z]+:\/\//i.test(file))
        command.error(
          `error: ${file} is served already; \`run\` takes the file of a program. Try \`fleetmcp list ${file}\`.`,
        )
      const { runServer } = await import("./run-server.ts")
      await runServer(file, {
        args,
        flags: readFlags(options),
        envFile: options.envFile,
        hasBanner: options.banner,
      })
    })
}
