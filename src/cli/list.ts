import type { Command } from "commander"
import { addTargetOptions } from "./target-options.ts"

/** Adds `fleetmcp list`. */
export function addList(program: Command): void {
  const command = program
    .command("list")
    .description("list what a server offers")
    .argument("[server]", "a file, a URL, or a program after `--`")
    .argument("[what]", "tools, resources, templates or prompts; default: all")
  addTargetOptions(command).action(async () => {
    const { listComponents } = await import("./list-components.ts")
    await listComponents(command)
  })
}
