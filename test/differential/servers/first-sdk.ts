import { keepSessions, type SessionHandler, type SessionTransport } from "./keep-sessions.ts"
import * as parts from "./parts.ts"

/** The module beside this, JavaScript because the types of the first SDK are too deep for the compiler to keep up. */
interface FirstSdk {
  open(shared: typeof parts, options: object): Promise<SessionTransport>
}

/** Serves sessions with the official SDK before version 2. */
export async function createFirstSdkSessions(): Promise<SessionHandler> {
  const module: FirstSdk = await import(new URL("./first-sdk-server.js", import.meta.url).href)
  return keepSessions((options) => module.open(parts, options))
}
