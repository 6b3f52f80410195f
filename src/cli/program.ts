import { Command } from "commander"
import { addCall } from "./call.ts"
import { addGet } from "./get.ts"
import { addInspect } from "./inspect.ts"
import { exitOnSignals } from "./interrupt.ts"
import { addList } from "./list.ts"
import { addRead } from "./read.ts"

/** Makes the command line. */
export function createProgram(): Command {
  const program = new Command("fleetmcp").exitOverride()
  for (const add of [addList, addCall, addRead, addGet, addInspect]) add(program)
  exitOnSignals()
  return program
}
