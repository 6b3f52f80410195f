import { FleetError } from "./fleet-error.ts"

/** A schema asks for more than a form can show. */
export class NotAForm extends FleetError {
  readonly code = "NOT_A_FORM"
  constructor(field: string, type: string) {
    super(`The field \`${field}\` of the elicitation is ${type}, which a form cannot ask for.`, {
      fix: "Use strings, numbers, booleans, choices and lists of choices, side by side in one object.",
    })
  }
}

/** A person is asked to visit something that is no web page. */
export class NotAWebPage extends FleetError {
  readonly code = "NOT_A_WEB_PAGE"
  constructor(url: string) {
    super(`\`${url.slice(0, 100)}\` cannot be visited.`, {
      fix: "Give an absolute URL with `https:` or `http:`.",
    })
  }
}
