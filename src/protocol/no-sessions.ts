import type { Reply } from "./transport.ts"

/** The answer to what is wanted of a session, where there are none. */
export const noSessions: Reply = { status: 405, body: undefined, headers: { allow: "POST" } }
