import type { Outcome } from "../protocol/call.ts"

/**
 * Carries an outcome that is no result out of the `invoke` of a component that runs elsewhere: a mounted server, an
 * upstream. It is thrown, so that whatever wraps `invoke` ends as if its handler had not returned.
 */
export class HandedOn extends Error {
  readonly outcome: Exclude<Outcome, { readonly kind: "complete" }>

  constructor(outcome: HandedOn["outcome"]) {
    super("The call ended elsewhere.")
    this.outcome = outcome
  }
}
