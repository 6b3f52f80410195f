import { CommanderError } from "commander"
import { isFleetError } from "../errors/any-fleet-error.ts"
import { createProgram } from "./program.ts"

void createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = Number(Reflect.get(Object(error), "exitCode") ?? 1)
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) process.exitCode = 2
      return
    }
    const text = isFleetError(error)
      ? `${error.message} (${error.code})`
      : String(Object(error).stack ?? error)
    process.stderr.write(`${text}\n`)
  })
  .then(() => process.stdout.write("", () => process.exit()))
