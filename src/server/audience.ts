import type { Context } from "../components/context.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { isPrincipal, type Principal } from "../protocol/principal.ts"
import { CallContext } from "./context.ts"
import type { ChangeEvent } from "./events.ts"

/** Who is told of a change: a principal, or whoever makes the call of a context: its session, else its principal. */
export type Audience = Principal | Context | readonly (Principal | Context)[]

/** To whom a change is told. */
export interface AudienceOptions {
  /** Default: all who may know of it. */
  readonly to?: Audience
}

/**
 * Names an audience as events do. An audience that is `undefined` is nobody, and not everybody: it may be the `ctx.auth`
 * of a caller whom nobody knows.
 *
 * @throws {InvalidOption} One of them is nobody.
 */
export function audienceOf(options: AudienceOptions): Pick<ChangeEvent, "audience" | "sessions"> {
  if (!("to" in options)) return {}
  const { to } = options
  const audience: string[] = []
  const sessions: string[] = []
  for (const one of [to].flat()) {
    const call = CallContext.callOf(one)
    const session = call?.exchange.session
    const principal = call ? call.peer.principal : one
    if (session) sessions.push(session.id)
    else if (isPrincipal(principal)) audience.push(principal.key)
    else throw new InvalidOption("The option `to`", quoted(principal), "Give a principal, or its `ctx`.")
  }
  return { audience, sessions }
}
