/** A revision whose clients open a session with `initialize`. */
export type SessionRevision = "2024-11-05" | "2025-03-26" | "2025-06-18" | "2025-11-25"

/** A revision in which every request stands alone. */
export type StatelessRevision = "2026-07-28"

/** A revision of the Model Context Protocol that this package speaks. */
export type ProtocolRevision = SessionRevision | StatelessRevision

/** The revisions of the session era, oldest first. */
export const sessionRevisions: readonly SessionRevision[] = [
  "2024-11-05",
  "2025-03-26",
  "2025-06-18",
  "2025-11-25",
]

/** The revisions of the stateless era, oldest first. */
export const statelessRevisions: readonly StatelessRevision[] = ["2026-07-28"]

/** Every revision, oldest first. */
export const revisions: readonly ProtocolRevision[] = /* @__PURE__ */ [
  ...sessionRevisions,
  ...statelessRevisions,
]

/** The revision offered to a session client that asks for one this package does not know. */
export const latestSessionRevision: SessionRevision = "2025-11-25"

/** The newest revision in which every request stands alone. */
export const latestStatelessRevision: StatelessRevision = "2026-07-28"

/** Tells whether a value names a revision this package speaks. */
export function isProtocolRevision(value: unknown): value is ProtocolRevision {
  return revisions.some((revision) => revision === value)
}

/** Tells whether requests of a revision stand alone, without a session. */
export function isStateless(revision: ProtocolRevision): revision is StatelessRevision {
  // Not by the table, which is then not carried where nothing else of it is used.
  return statelessRevisions.some((stateless) => stateless === revision)
}
