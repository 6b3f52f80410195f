import { Command } from "commander"
import { addCall } from "./commands/call.ts"
import { addGet } from "./commands/get.ts"
import { addInspect } from "./commands/inspect.ts"
import { addList } from "./commands/list.ts"
import { addRead } from "./commands/read.ts"

/** Makes the command line. */
export function createProgram(): Command {
  const program = new Command("fleetmcp")
  for (const add of [addList, addCall, addRead, addGet, addInspect]) add(program)
  return program
}
