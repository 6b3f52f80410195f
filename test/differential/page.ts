import type { AllowedDifference } from "./allowed.ts"

const sections = [
  ["demanded", "Where the specification is on our side"],
  ["choice", "Where the specification leaves a choice"],
  ["addition", "What we add"],
] as const

/** Writes the page of differences. */
export function toPage(rows: readonly AllowedDifference[]): string {
  return [
    "# Differences from the official SDK",
    "",
    "The same server is built with FleetMCP and with the official TypeScript SDK (`@modelcontextprotocol/server`,",
    "stateless era only), and both are sent the same requests: every method, good and bad, and mutations of them.",
    "All answers are alike but for what stands here. `S-nnn` is a line of the requirements, `S28/…` a page of the",
    "specification of 2026-07-28.",
    "",
    "Not compared are the wording of messages, the values of cache hints, and sealed states.",
    "",
    "<!-- Written from test/differential/allowed.ts: `npx vitest run test/differential --update`. -->",
    ...sections.flatMap(([kind, title]) => [
      "",
      `## ${title}`,
      ...rows
        .filter((row) => row.kind === kind)
        .flatMap((row) => ["", `**${row.what}.** ${row.reason}`, `(${row.spec})`]),
    ]),
    "",
  ].join("\n")
}
