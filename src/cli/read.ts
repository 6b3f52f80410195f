import type { Command } from "commander"
import { addAnswerOptions, addTargetOptions } from "./target-options.ts"

/** Adds `fleetmcp read`. */
export function addRead(program: Command): void {
  const command = program
    .command("read")
    .description("read a resource")
    .argument("[server]", "a file, a URL, or a program after `--`")
    .argument("[uri]", "the URI of the resource")
  addTargetOptions(addAnswerOptions(command)).action(async () => {
    const { readResource } = await import("./read-resource.ts")
    await readResource(command)
  })
}
