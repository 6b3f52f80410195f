import type { Command } from "commander"
import { addFlags, type FlagOptions, readFlags } from "./flags.ts"

interface ConfigOptions extends FlagOptions {
  readonly json?: true
}

/** Adds `fleetmcp config`. */
export function addConfig(program: Command): void {
  const command = program
    .command("config")
    .description("print the settings in effect, and where each comes from; secrets are masked")
    .argument("[file]", "the program that makes the server; without it, what flags and environment say")
  addFlags(command)
    .option("--json", "print JSON")
    .action(async (file: string | undefined, options: ConfigOptions) => {
      const { printConfig } = await import("./print-config.ts")
      const { envFile, json = false } = options
      await printConfig(file, { flags: readFlags(options), envFile, json })
    })
}
