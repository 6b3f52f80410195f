export type Level = "MUST" | "SHOULD" | "MAY"

/** Why a requirement has no test here: what it belongs to instead. */
export type Reason =
  | "session era"
  | "stdio"
  | "tasks extension"
  | "apps extension"
  | "skills extension"
  | "storage"
  | "composition"
  | "the author's duty"
  | "the conformance suite"

/** One numbered requirement for servers. */
export interface Requirement {
  readonly id: string
  readonly level: Level
  /** What it demands, in short. */
  readonly text: string
  readonly status: "tested" | "deferred"
  readonly why?: Reason
}

/** A requirement that at least one test of this suite holds us to. */
export function tested(id: string, level: Level, text: string): Requirement {
  return { id, level, text, status: "tested" }
}

/** A requirement that concerns something else than the stateless core. */
export function deferred(why: Reason, id: string, [level, text]: readonly [Level, string]): Requirement {
  return { id, level, text, status: "deferred", why }
}
