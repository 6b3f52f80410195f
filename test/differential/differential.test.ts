import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { validateMessage } from "../spec/validate.ts"
import { allowed, covers, describeDifference, type Found } from "./allowed.ts"
import { allowedInSessions } from "./allowed-in-sessions.ts"
import { compare } from "./compare.ts"
import { askingCases } from "./corpus/asking.ts"
import { envelopeCases } from "./corpus/envelope.ts"
import { headerCases } from "./corpus/headers.ts"
import { messageCases } from "./corpus/messages.ts"
import { methodCases } from "./corpus/methods.ts"
import { mutationCases } from "./corpus/mutations.ts"
import { type Case, revision } from "./corpus/request.ts"
import { type Observation, observe, type Subject } from "./observe.ts"
import { toPage } from "./page.ts"
import { createFleetServer, lateTool } from "./servers/fleet.ts"
import { createOfficialServer } from "./servers/official.ts"

const cases: readonly Case[] = [
  ...methodCases(),
  ...askingCases(),
  ...envelopeCases(),
  ...headerCases(),
  ...messageCases(),
  ...mutationCases(20260728, 1000),
]

interface Observed {
  readonly entry: Case
  readonly ours: Observation
  readonly theirs: Observation
}

describe("FleetMCP and the official SDK, asked the same", () => {
  const fleet = createFleetServer()
  const official = createOfficialServer()
  const observed: Observed[] = []
  const found: Found[] = []

  beforeAll(async () => {
    const ours: Subject = {
      fetch: fleet.fetch,
      stimuli: {
        "list-changed": () => {
          fleet.add(lateTool)
          fleet.remove(lateTool)
        },
        "resource-updated": () => fleet.resourceUpdated("config://app"),
      },
    }
    const theirs: Subject = {
      fetch: (request) => official.fetch(request),
      stimuli: {
        "list-changed": () => official.notify.toolsChanged(),
        "resource-updated": () => official.notify.resourceUpdated("config://app"),
      },
    }
    for (const entry of cases) {
      const both = { entry, ours: await observe(ours, entry), theirs: await observe(theirs, entry) }
      observed.push(both)
      found.push(
        ...compare(both.ours, both.theirs).map((difference) => ({ ...difference, case: entry.name })),
      )
    }
  }, 120_000)

  afterAll(async () => {
    await fleet.close()
    await official.close()
  })

  it("are asked far more than 300 different things", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    expect(cases.length).toBeGreaterThan(1000)
  })

  it("both stay up and answer everything", () => {
    const broken = observed.filter(({ ours, theirs }) =>
      [ours, theirs].some(({ kind, status }) => kind === "hang" || kind === "text" || status === 500),
    )
    expect(broken.map(({ entry }) => entry.name)).toEqual([])
  })

  it("differ only where allowed.ts says so", () => {
    const unlisted = found.filter((difference) => !allowed.some((row) => covers(row, difference)))
    expect(unlisted.map(describeDifference)).toEqual([])
  })

  it("differ in everything that allowed.ts lists", () => {
    const stale = allowed.filter((row) => !found.some((difference) => covers(row, difference)))
    expect(stale.map(({ what }) => what)).toEqual([])
  })

  it("get answers from FleetMCP that fit the published schema", () => {
    const problems = observed.flatMap(({ entry, ours }) =>
      ours.messages.flatMap((message) =>
        schemaProblems(entry, message).map((problem) => `${entry.name}: ${problem}`),
      ),
    )
    expect(problems).toEqual([])
  })
})

describe("docs/design/differences.md", () => {
  it("is written from the list", async () => {
    await expect(toPage(allowed, allowedInSessions)).toMatchFileSnapshot("../../docs/design/differences.md")
  })

  it("names a line of the specification for every row", () => {
    const rows = [...allowed, ...allowedInSessions]
    const unfounded = rows.filter(({ spec }) => !/\bS-\d{3}\b|\bS\d\d\//.test(spec))
    expect(unfounded.map(({ what }) => what)).toEqual([])
  })
})

const results: { readonly [method: string]: string } = {
  "server/discover": "DiscoverResultResponse",
  "tools/list": "ListToolsResultResponse",
  "tools/call": "CallToolResultResponse",
  "resources/list": "ListResourcesResultResponse",
  "resources/templates/list": "ListResourceTemplatesResultResponse",
  "resources/read": "ReadResourceResultResponse",
  "prompts/list": "ListPromptsResultResponse",
  "prompts/get": "GetPromptResultResponse",
  "completion/complete": "CompleteResultResponse",
}

const notifications: { readonly [method: string]: string } = {
  "notifications/progress": "ProgressNotification",
  "notifications/message": "LoggingMessageNotification",
  "notifications/subscriptions/acknowledged": "SubscriptionsAcknowledgedNotification",
  "notifications/tools/list_changed": "ToolListChangedNotification",
  "notifications/resources/updated": "ResourceUpdatedNotification",
}

function schemaProblems({ request }: Case, message: unknown): readonly string[] {
  const { method, error } = message as { readonly method?: string; readonly error?: unknown }
  if (error !== undefined) return validateMessage(revision, "JSONRPCErrorResponse", message)
  if (method !== undefined)
    return validateMessage(revision, notifications[method] ?? "ServerNotification", message)
  // Bodies may start with a byte order mark, which `JSON.parse` does not take.
  const asked = JSON.parse(request.body?.replace(/^\ufeff/, "") ?? "{}") as { readonly method?: string }
  return validateMessage(revision, results[asked.method ?? ""] ?? "JSONRPCResultResponse", message)
}
