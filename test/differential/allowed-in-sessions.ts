import type { AllowedDifference } from "./allowed.ts"

/** Says which differences between FleetMCP and the official SDKs in sessions are meant. */
export const allowedInSessions: readonly AllowedDifference[] = []
