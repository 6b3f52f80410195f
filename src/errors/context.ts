import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** The context of a call was used when the call was over, or in another call. */
export class ContextMisused extends FleetError {
  readonly code = "FLEET-03"
  /** What was used, such as `ctx.log`. */
  readonly member: string
  /**
   * @param target What the call acted on.
   * @param other What another call acts on that used it; `undefined` where the call was over.
   */
  constructor(member: string, target: string, other?: string) {
    const whose = `\`${member}\` of a call of \`${clip(target)}\``
    super(
      other === undefined
        ? `${whose} was used after the call had ended, so nobody hears of it.`
        : `${whose} was used in a call of \`${clip(other)}\`, so the wrong client may hear of it.`,
      {
        fix:
          other === undefined
            ? "Await all that a handler starts before it returns; let what goes on longer use values, not the context."
            : "Take the context as the handler's second parameter, or by `getContext()`; keep it in no variable that calls share.",
      },
    )
    this.member = member
  }
}

/** A handler took its first parameter, the arguments, for the context. */
export class ArgumentsTakenForContext extends FleetError {
  readonly code = "FLEET-03"
  constructor(subject: string, member: string, cause: unknown) {
    super(`The handler of ${clip(subject)} looks for \`${member}\` in its first parameter, the arguments.`, {
      fix: "The context is the second parameter: `(args, ctx) => …`.",
      cause,
    })
  }
}

/** State was asked for in a call that belongs to nobody in particular. */
export class NoState extends FleetError {
  readonly code = "NO_STATE"
  constructor() {
    super("`ctx.state` belongs to a session or to a principal, and this call has neither.", {
      fix: "Authenticate callers with `auth`, or keep values under handles: `sessionTools()` and `ctx.sessions`.",
    })
  }
}

/** What a session sees was to be changed in a call that belongs to none. */
export class VisibilityNeedsSession extends FleetError {
  readonly code = "VISIBILITY_NEEDS_SESSION"
  constructor() {
    super("`ctx.visibility` changes what one session sees, and this call belongs to no session.", {
      fix: 'Clients of 2026-07-28 have none, nor has a server with `sessions: "none"`: decide by the `auth` of a component, which knows the caller.',
    })
  }
}

/** What is kept, or should be, under a state key does not fit the key's schema. */
export class InvalidState extends FleetError {
  readonly code = "INVALID_STATE"
  constructor(key: string, which: "given" | "kept", issues: string) {
    super(
      `What ${which === "given" ? "should be" : "is"} kept under the state key \`${key}\` does not fit its schema:\n${issues}`,
      {
        fix:
          which === "given"
            ? "Give what the schema takes, as JSON says it."
            : "Let the schema take what older versions wrote, or delete the key.",
      },
    )
  }
}

/** What should be remembered is larger than one key, or one session, may hold. */
export class StateTooLarge extends FleetError {
  readonly code = "STATE_TOO_LARGE"
  constructor(what: string, size: number, limit: number) {
    super(`${what} would have ${size} characters of JSON; ${limit} are allowed.`, {
      fix: "Keep large things elsewhere, and what names them in the state.",
    })
  }
}

/** A notification is not one that a handler may send. */
export class CannotNotify extends FleetError {
  readonly code = "CANNOT_NOTIFY"
  constructor(
    method: string,
    fix = "List it in the `clientNotifications` of the plugin whose extension it belongs to.",
  ) {
    super(`\`ctx.notify()\` cannot send \`${clip(method)}\`: no plugin declares it.`, { fix })
  }
}
