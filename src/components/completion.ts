import type { Context } from "./context.ts"

/** What a completer gets besides the text typed so far. */
export interface CompletionContext {
  /** The arguments or variables that are filled in already. */
  readonly arguments: { readonly [name: string]: string }
  /** The context of the request for suggestions. */
  readonly ctx: Context
}

/** Suggestions, and how many there are beyond those given. */
export interface Suggestions {
  /** The suggestions; the first 100 are sent. */
  readonly values: readonly string[]
  /** How many there are in all. Default: the number of `values`. */
  readonly total?: number
  /** Whether there are more than are sent. Default: whether `total` is above 100. */
  readonly hasMore?: boolean
}

/**
 * Suggests values for an argument: a list to filter by what was typed, or a function that knows better.
 */
export type Completer =
  | readonly string[]
  | ((
      typed: string,
      context: CompletionContext,
    ) => readonly string[] | Suggestions | Promise<readonly string[] | Suggestions>)

/** Completers by the name of the argument or variable they are for. */
export type Completers<Names extends string = string> = { readonly [name in Names]?: Completer }

/** What the specification lets an answer hold. */
const maxValues = 100

/**
 * Runs a completer: at most 100 values, with the total of what there was.
 *
 * @see S28/server/utilities/completion
 */
export async function runCompleter(
  completer: Completer | undefined,
  typed: string,
  context: CompletionContext,
): Promise<Suggestions> {
  if (completer === undefined) return { values: [] }
  const found =
    typeof completer === "function" ? await completer(typed, context) : filterByPrefix(completer, typed)
  const { values, total, hasMore } = isSuggestions(found)
    ? found
    : { values: found, total: undefined, hasMore: undefined }
  // What a completer says of its values may be computed: what cannot be so is told by the values.
  const all = Number.isSafeInteger(total) ? Math.max(Number(total), values.length) : values.length
  return {
    values: values.slice(0, maxValues).map(String),
    total: all,
    hasMore: typeof hasMore === "boolean" ? hasMore : all > maxValues,
  }
}

function isSuggestions(found: readonly string[] | Suggestions): found is Suggestions {
  return !Array.isArray(found)
}

function filterByPrefix(values: readonly string[], typed: string): readonly string[] {
  const start = typed.toLowerCase()
  return values.filter((value) => value.toLowerCase().startsWith(start))
}
