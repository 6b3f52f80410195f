import { FleetError } from "./fleet-error.ts"

/** A plugin cannot be added as it is. */
export class InvalidPlugin extends FleetError {
  readonly code = "INVALID_PLUGIN"
}

/** A handler returned a result of a type that no plugin declares. */
export class UndeclaredResultType extends FleetError {
  readonly code = "UNDECLARED_RESULT_TYPE"
  constructor(resultType: string) {
    super(`No plugin declares the result type \`${resultType}\`.`, {
      fix: "List it in the plugin's `resultTypes`.",
    })
  }
}
