import type { Command } from "commander"
import { addAnswerOptions, addTargetOptions } from "./target-options.ts"

/** Adds `fleetmcp get`. */
export function addGet(program: Command): void {
  const command = program
    .command("get")
    .description("get the messages of a prompt")
    .argument("[server]", "a file, a URL, or a program after `--`")
    .argument("[prompt]", "the name of the prompt")
    .argument("[arguments...]", "`name=value`")
  addTargetOptions(addAnswerOptions(command)).action(async () => {
    const { getPrompt } = await import("./get-prompt.ts")
    await getPrompt(command)
  })
}
