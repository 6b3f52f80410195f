import { FleetError } from "./fleet-error.ts"
import { show } from "./protocol.ts"

/** `ctx.use(key)` found nothing under the key, and nothing that makes it. */
export class MissingDependency extends FleetError {
  readonly code = "MISSING_DEPENDENCY"
  constructor(name: string) {
    super(`Nothing provides \`${name}\`.`, {
      fix: `Give the server what makes it: \`dependencies: [provide(${name}, …)]\`.`,
    })
  }
}

/** Dependencies need each other. */
export class CircularDependency extends FleetError {
  readonly code = "CIRCULAR_DEPENDENCY"
  constructor(chain: readonly string[]) {
    super(`Dependencies need each other: ${chain.map((name) => `\`${name}\``).join(" → ")}.`, {
      fix: "Have one of them made without the other, such as from what both need.",
    })
  }
}

/** A dependency could not be made, or not be given back. */
export class DependencyFailed extends FleetError {
  readonly code = "DEPENDENCY_FAILED"
  constructor(name: string, doing: "made" | "given back", cause: unknown) {
    const why = cause instanceof Error ? cause.message : show(cause)
    super(`The dependency \`${name}\` could not be ${doing}: ${why}`, { cause })
  }
}

/** A dependency was used where its scope is unknown, over, or shorter than that of what would keep it. */
export class WrongScope extends FleetError {
  readonly code = "WRONG_SCOPE"
  constructor(what: string, fix: string) {
    super(what, { fix })
  }
}
