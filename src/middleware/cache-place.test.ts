import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { tool } from "../components/tool.ts"
import { Call, type Exchange } from "../protocol/call.ts"
import { placeOf, type SharedBy } from "./cache-place.ts"

const component = tool({ name: "x" }, () => 1)

interface Caller {
  readonly sharedBy?: SharedBy
  readonly vary?: string | undefined
  readonly session?: string | undefined
  readonly hidden?: string | undefined
  readonly isTrusted?: boolean
}

/** The key of a call of the tool `x` with these arguments. */
function keyOf(
  args: unknown,
  { sharedBy = "session", vary, session, hidden, isTrusted = false }: Caller = {},
) {
  const exchange = {
    isTrusted,
    headers: undefined,
    session: session === undefined ? undefined : { id: session },
    visibility: hidden === undefined ? undefined : [{ isHidden: true, ids: [hidden] }],
  } as unknown as Exchange
  const peer = { revision: "2026-07-28", principal: undefined, info: undefined, capabilities: {} } as const
  const params = { name: "x", arguments: args, _meta: { progressToken: 1 } }
  const call = new Call({ method: "tools/call", id: 1, params, peer, exchange, round: 0 })
  return placeOf(call, { method: "callTool", subject: "tool", component, sharedBy, vary })?.key
}

const text = fc.string({ unit: "binary", maxLength: 20 })
const caller = fc.record(
  {
    sharedBy: fc.constantFrom<SharedBy>("session", "principal", "everyone"),
    vary: text,
    session: text,
    hidden: text,
    isTrusted: fc.boolean(),
  },
  { requiredKeys: [] },
)

describe("the key of a call", () => {
  it("is another for other arguments, and the same for the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
        expect(keyOf(a) === keyOf(b)).toBe(isSame)
        expect(keyOf(JSON.parse(JSON.stringify(a)))).toBe(keyOf(a))
      }),
    )
  })

  it("keeps callers apart, whatever texts they choose", () => {
    fc.assert(
      fc.property(caller, caller, fc.dictionary(text, text), (a, b, args) => {
        expect(keyOf(args, a) === keyOf(args, b)).toBe(identity(a) === identity(b))
      }),
    )
  })
})

/** What of a caller counts. */
function identity({ sharedBy = "session", vary, session, hidden, isTrusted = false }: Caller): string {
  if (sharedBy === "everyone") return JSON.stringify(["everyone", isTrusted, vary])
  return JSON.stringify([isTrusted, vary, sharedBy === "session" ? session : undefined, hidden])
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.assign(Object.create(null), {
    entries: entries.map(([name, member]) => [name, sorted(member)]),
  })
}
