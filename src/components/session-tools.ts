import { InvalidOption, quoted } from "../errors/server.ts"
import { StorageNotAtomic } from "../errors/storage-not-atomic.ts"
import { kJudge, type ServerParts } from "./component.ts"
import { assertOptions, type KnownOptions } from "./options.ts"
import type { StateSessionOptions } from "./state.ts"
import { type Tool, tool } from "./tool.ts"

const description =
  "The `session` that `create_session` returned. Pass it unchanged; where it is unknown or has expired, make a new one."

/** The JSON Schema of a handle. */
export interface SessionIdSchema {
  readonly type: "string"
  readonly description: string
}

/** A schema of a library that can be described. */
export interface Describable {
  describe(text: string): unknown
}

/**
 * Describes an argument that takes a handle, so that models know what to pass. `ctx.sessions.open(id)` finds what it
 * stands for.
 *
 * @param schema The schema of a text that has `describe()`, as those of zod and arktype. Default: JSON Schema is made.
 * @throws {InvalidOption} It has no `describe()`.
 * @see S28/server/tools#stateful-tools
 * @example
 * mcp.tool({ name: "cart", input: z.object({ session: sessionId(z.string()) }) }, async ({ session }, ctx) => {
 *   const state = await ctx.sessions.open(session)
 *   return (await state.get("cart")) ?? []
 * })
 */
export function sessionId<S extends Describable | undefined = undefined>(
  schema?: S,
): S extends Describable ? S : SessionIdSchema {
  // Either way it is what the type says: `describe()` gives a schema of the same kind.
  if (schema === undefined) return Object.freeze({ type: "string", description }) as never
  if (typeof schema?.describe === "function") return schema.describe(description) as never
  throw new InvalidOption(
    "The schema for `sessionId()`",
    quoted(schema),
    "Give one with `describe()`, or describe it yourself by `sessionId().description`.",
  )
}

/** What `create_session` gives. */
export interface CreatedSession {
  /** The handle. */
  readonly session: string
  /** When it ends, as an ISO 8601 date. */
  readonly expires: string
}

/** `create_session` and `end_session`. */
export type SessionTools = readonly [
  create: Tool<"create_session", { arguments: { [Name in never]: never }; result: CreatedSession }>,
  end: Tool<"end_session", { arguments: { session: string }; result: string }>,
]

/**
 * Makes the tools by which a client gets a handle and gives it back: state for callers that nobody knows, or several
 * states for one that is known. A handle is of the principal that made it; where nobody is known, it is all that is
 * asked for, like a key.
 *
 * @param options How long a handle lives, and how many there may be.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @throws {StorageNotAtomic} FLEET-16, when they are added to a server whose storage has no atomic writes.
 * @see S28/server/tools#stateful-tools
 * @example
 * const [create, end] = sessionTools({ ttl: 60 * 60_000 })
 * mcp.add(create, end)
 */
export function sessionTools(options: StateSessionOptions = {}): SessionTools {
  assertOptions("`sessionTools()`", options, sessionOptions)
  const create = tool(
    {
      name: "create_session",
      description: "Starts a session. Pass the `session` it returns to the tools that ask for one.",
      output: {
        type: "object",
        properties: { session: { type: "string" }, expires: { type: "string", format: "date-time" } },
        required: ["session", "expires"],
      },
    },
    async (_, ctx) => {
      const { id, expiresAt } = await ctx.sessions.create(options)
      return { session: id, expires: new Date(expiresAt).toISOString() }
    },
  )
  const end = tool(
    {
      name: "end_session",
      description: "Ends a session, and forgets what it holds.",
      input: {
        type: "object",
        properties: { session: sessionId() },
        required: ["session"],
        additionalProperties: false,
      },
    },
    async ({ session }, ctx) => {
      const state = await ctx.sessions.open(session)
      await state.end()
      return "The session has ended."
    },
  )
  return [judging(create), judging(end)]
}

const sessionOptions: KnownOptions = {
  kinds: {
    ttl: {
      holds: (value) => typeof value === "number" && value > 0,
      expected: "a number of milliseconds above 0",
    },
    max: "count",
    maxAnonymous: "count",
  },
}

/** Has a tool refuse servers that cannot keep handles. */
function judging<T extends Tool>(made: T): T {
  return Object.freeze({ ...made, [kJudge]: assertAtomic })
}

function assertAtomic({ storage }: ServerParts): void {
  if (storage?.atomic === false) throw new StorageNotAtomic("`sessionTools()`")
}
