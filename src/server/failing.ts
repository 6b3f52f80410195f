import type { Call, Outcome } from "../protocol/call.ts"
import { clip } from "../shared/clip.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { Core } from "./core.ts"

type HandlerErrors = typeof import("./handler-error.ts")

let loaded: HandlerErrors | undefined

/** Loads what words the errors of handlers, which most calls never need. */
export async function loadHandlerErrors(): Promise<HandlerErrors> {
  loaded = await import("./handler-error.ts")
  return loaded
}

/** Makes the result of a tool whose handler failed, or throws what the protocol must say. */
export function failTool(core: Core, call: Call, error: unknown): MaybePromise<Outcome> {
  return andThen(loaded ?? loadHandlerErrors(), ({ failedTool }) => failedTool(core, call, error))
}

/**
 * Throws what answers a call whose handler failed, for methods whose results cannot say so themselves.
 *
 * @param doing What the call does, such as "reading resource".
 */
export function failMethod(doing: string): (core: Core, call: Call, error: unknown) => MaybePromise<Outcome> {
  return (core, call, error) =>
    andThen(loaded ?? loadHandlerErrors(), ({ throwReported }) =>
      throwReported(core, error, { call, doing: `${doing} '${clip(call.target)}'` }),
    )
}
