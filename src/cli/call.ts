import type { Command } from "commander"
import { addAnswerOptions, addTargetOptions } from "./target-options.ts"

/** Adds `fleetmcp call`. */
export function addCall(program: Command): void {
  const command = program
    .command("call")
    .description("call a tool")
    .argument("[server]", "a file, a URL, or a program after `--`")
    .argument("[tool]", "the name of the tool")
    .argument("[arguments...]", "`name=value`, read by the schema of the tool")
    .option("--args <json>", "the arguments as JSON; @file reads a file, - reads standard input")
  addTargetOptions(addAnswerOptions(command)).action(async () => {
    const { callTool } = await import("./call-tool.ts")
    await callTool(command)
  })
}
