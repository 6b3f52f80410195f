import type { Command } from "commander"

/** Adds `fleetmcp version`. */
export function addVersion(program: Command): void {
  program
    .command("version")
    .description("print the versions of fleetmcp, of what runs it, and of the protocol")
    .option("--json", "print JSON")
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const { printVersion } = await import("./print-version.ts")
      await printVersion(json)
    })
}
