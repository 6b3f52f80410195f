import { FleetError } from "./fleet-error.ts"

/** A schema asks for more than a form can show. */
export class NotAForm extends FleetError {
  readonly code = "NOT_A_FORM"
  /**
   * @param field Its name; `undefined` where the whole asks for too much.
   * @param type What it is, for the middle of the sentence.
   */
  constructor(field: string | undefined, type: string) {
    const what = field === undefined ? "The elicitation" : `The field \`${field}\` of the elicitation`
    super(`${what} is ${type}, which a form cannot ask for.`, {
      fix: 'Use strings, numbers, booleans, choices (`["s", "l"]` or `{ s: { title: "Small" } }`) and lists of choices, alone or side by side in one object.',
    })
  }
}
