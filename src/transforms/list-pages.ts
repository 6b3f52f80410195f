import type { Context } from "../components/context.ts"
import { ToolError } from "../errors/tool.ts"

/** Calls a method as part of the call that a context is of, for the same caller. */
export type CallMethod = (
  ctx: Context,
  method: string,
  params: { readonly [name: string]: unknown },
) => Promise<object>

/** A list of a server, by what lists it and where its answer has it. */
export interface ListSource {
  readonly method: "prompts/list" | "resources/list" | "resources/templates/list"
  readonly field: "prompts" | "resources" | "resourceTemplates"
}

/** Some entries of lists that stand behind one another. */
export interface Entries {
  /** One list of entries for each source. */
  readonly found: readonly (readonly object[])[]
  /** Where the rest begins; nothing where there is no rest. */
  readonly nextCursor: string | undefined
}

/** How many pages of a server's own are gone through for one of ours: middleware may make a list without an end. */
const mostPages = 1000

/** What is gone through, by whom and from where. */
export interface Listing {
  readonly ctx: Context
  readonly call: CallMethod
  readonly sources: readonly ListSource[]
  /** What an earlier answer gave as `nextCursor`. */
  readonly cursor: string | undefined
  readonly pageSize: number
}

/**
 * Takes a page of lists that stand behind one another, as the caller of the context sees them.
 *
 * @throws {ToolError} The cursor was not given by an earlier answer.
 */
export async function pageOf({ ctx, call, sources, cursor, pageSize }: Listing): Promise<Entries> {
  const start = startOf(cursor)
  const end = start + pageSize
  const found: object[][] = sources.map(() => [])
  let at = 0
  for (const [index, { method, field }] of sources.entries()) {
    let next: unknown
    let pages = 0
    do {
      const page = (await call(ctx, method, { cursor: next })) as { readonly [name: string]: unknown }
      // What answers a list method has its list.
      const entries = page[field] as readonly object[]
      for (const entry of entries) {
        if (at >= end) return { found, nextCursor: String(end) }
        if (at >= start) found[index]?.push(entry)
        at++
      }
      next = page.nextCursor
    } while (next !== undefined && ++pages < mostPages)
  }
  return { found, nextCursor: undefined }
}

function startOf(cursor: string | undefined): number {
  if (cursor === undefined || cursor === "") return 0
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw new ToolError("The `cursor` is none of ours.", {
    fix: "Give the `nextCursor` of the answer before, or leave it out.",
  })
}

/** Keeps of an entry what a model has a use for. */
export function fieldsOf(entry: object, names: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(entry).filter(([name, value]) => names.includes(name) && value !== undefined),
  )
}
