import { Command, CommanderError } from "commander"
import { addCall } from "./call.ts"
import { addConfig } from "./config.ts"
import { exitCodeOf, exitCodes, sayFailure } from "./failure.ts"
import { addGenerate } from "./generate.ts"
import { addGet } from "./get.ts"
import { addInspect } from "./inspect.ts"
import { exitOnSignals } from "./interrupt.ts"
import { addList } from "./list.ts"
import { packageVersion } from "./package-version.ts"
import { addRead } from "./read.ts"
import { addRun } from "./run.ts"
import { addVersion } from "./version.ts"

/** The commands, in the order of the help. What a command does is loaded when it is given. */
const commands: readonly ((program: Command) => void)[] = [
  addRun,
  addList,
  addCall,
  addRead,
  addGet,
  addInspect,
  addGenerate,
  addConfig,
  addVersion,
]

/** Makes the command line. */
export function createProgram(): Command {
  const program = new Command("fleetmcp")
    .description("Runs and inspects MCP servers.")
    .version(packageVersion(), "-v, --version", "print the version")
    .option("--verbose", "show stacks of errors")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .showHelpAfterError("(`--help` shows what there is)")
    .exitOverride()
  for (const add of commands) add(program)
  return program
}

/**
 * Does what a command line says, and tells people what went wrong.
 *
 * @param args The command line, without what runs it.
 * @returns The code to end with: 0 for done, 1 for failed, 2 for wrong usage.
 */
export async function main(args: readonly string[]): Promise<number> {
  exitOnSignals()
  const program = createProgram()
  try {
    await program.parseAsync([...args], { from: "user" })
    return exitCodes.done
  } catch (error) {
    // It has said itself what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused
    sayFailure(error, program.opts().verbose === true || Boolean(process.env.DEBUG))
    return exitCodeOf(error)
  }
}
