import { Interrupted } from "../../errors/dialogue.ts"
import type { AskMissing } from "../arguments/arguments.ts"
import { askFields } from "./fields.ts"
import type { Person } from "./person.ts"

/** Asks for arguments that are missing, where there is somebody; who leaves does not want the call. */
export function askMissing(person: Person | undefined): AskMissing {
  return async (names, reader) => {
    if (person === undefined) return undefined
    const { isLeft, values } = await askFields(person, { names, reader })
    if (isLeft) throw new Interrupted()
    return values
  }
}
