import type { Command } from "commander"
import { addTargetOptions } from "./target-options.ts"

/** Adds `fleetmcp generate client`. */
export function addGenerate(program: Command): void {
  const command = program
    .command("generate")
    .description("write code from what a server offers")
    .command("client")
    .description("write a client that knows the tools of a server by their types")
    .argument("[server]", "a file, a URL, or a program after `--`")
    .option("--out <file>", "write it to a file; one that was not generated is left alone")
  addTargetOptions(command).action(async () => {
    const { writeClient } = await import("./generate-client.ts")
    await writeClient(command)
  })
}
