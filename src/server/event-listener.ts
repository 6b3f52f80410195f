// Apart from the bus, which every server has: most have nobody who listens.
import type { Principal } from "../protocol/principal.ts"
import type { ChangeEvent } from "./events.ts"

/** One that listens to changes. */
interface EventListener {
  readonly principal: Principal | undefined
  /** The id of its session, where it has one. */
  readonly session?: string | undefined
}

/** Whether somebody is among those whom a change is told to. */
export function isInAudience(event: ChangeEvent, { principal, session }: EventListener): boolean {
  const { audience, sessions } = event
  if (audience === undefined && sessions === undefined) return true
  if (session !== undefined && sessions?.includes(session)) return true
  return principal !== undefined && audience?.includes(principal.key) === true
}
