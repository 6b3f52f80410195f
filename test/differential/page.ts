import type { AllowedDifference } from "./allowed.ts"

const sections = [
  ["demanded", "where the specification is on our side"],
  ["choice", "where the specification leaves a choice"],
  ["addition", "what we add"],
] as const

/** Writes the page of differences. */
export function toPage(
  stateless: readonly AllowedDifference[],
  sessions: readonly AllowedDifference[],
): string {
  return [
    "# Differences from the official SDK",
    "",
    "The same server is built with FleetMCP and with the official TypeScript SDK, and both are sent the same requests:",
    "every method, good and bad, and mutations of them. The stateless era is compared with `@modelcontextprotocol/server`,",
    "sessions of 2025-11-25, 2025-06-18 and 2025-03-26 with that (SDK 2) and with `@modelcontextprotocol/sdk` (SDK 1).",
    "All answers are alike but for what stands here. `S-nnn` is a line of the requirements, `S28/…` a page of the",
    "specification of 2026-07-28, `S11/…`, `S06/…` and `S03/…` of the revisions with sessions.",
    "",
    "Not compared are the wording of messages, the values of cache hints, sealed states, the ids of questions, and whether",
    "an answer in a session comes as JSON or as a stream.",
    "",
    "<!-- Written from test/differential/allowed*.ts: `npx vitest run test/differential --update`. -->",
    ...toSections(stateless, "In the stateless era: "),
    ...toSections(sessions, "In sessions: "),
    "",
  ].join("\n")
}

function toSections(rows: readonly AllowedDifference[], prefix: string): readonly string[] {
  return sections.flatMap(([kind, title]) => [
    "",
    `## ${prefix}${title}`,
    ...rows
      .filter((row) => row.kind === kind)
      .flatMap((row) => ["", `**${row.what}.** ${row.reason}`, `(${row.spec})`]),
  ])
}
