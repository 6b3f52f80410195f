import { isFleetError } from "../errors/any-fleet-error.ts"
import { createProgram } from "./program.ts"

try {
  await createProgram().parseAsync()
} catch (error) {
  const text = isFleetError(error)
    ? `${error.message} (${error.code})`
    : error instanceof Error
      ? error.stack
      : error
  process.stderr.write(`${text}\n`)
  process.exitCode = Number(Reflect.get(Object(error), "exitCode") ?? 1)
}
process.exit()
