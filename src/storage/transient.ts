import { FleetError } from "../errors/fleet-error.ts"

/** What drivers say of a storage that may answer a moment later. */
const transient: readonly string[] = ["STORAGE_UNAVAILABLE", "STORAGE_THROTTLED"]

/** Tells whether a storage may well do what it just failed to do. Errors of others are taken for those of a network. */
export function isTransientFailure(error: unknown): boolean {
  return !(error instanceof FleetError) || transient.includes(error.code)
}
