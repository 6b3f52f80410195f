import type MiniSearch from "minisearch"
import type { Tool as WireTool } from "../spec/index.ts"
import { wordsOf } from "./search-words.ts"
import { type ToolTexts, textsOf } from "./tool-texts.ts"

/** What a search gives: the best ones, and how many there are. */
export interface Found {
  readonly tools: readonly WireTool[]
  readonly count: number
}

/** Finds among the tools that a caller sees those that a text describes. */
export interface ToolFinder {
  find(tools: readonly WireTool[], query: string, max: number): Promise<Found>
}

interface Document extends ToolTexts {
  readonly id: number
}

/** Words of a question that count. */
const mostTerms = 32

/** How many tools are indexed at once before others get their turn. */
const chunkSize = 250

/** What is kept beyond the tools that are searched: those of other callers, and those that are gone. */
const spare = 20_000

/**
 * Ranks by BM25. What any caller sees is indexed once, whoever sees it too; a search looks only at what its own caller
 * sees.
 */
export class RankedFinder implements ToolFinder {
  #engine: MiniSearch<Document> | undefined
  #ids: WeakMap<WireTool, number> = new WeakMap()
  #byText: Map<string, number> = new Map()
  #views: WeakMap<readonly WireTool[], ReadonlyMap<number, WireTool>> = new WeakMap()
  #adding: Promise<unknown> = Promise.resolve()

  async find(tools: readonly WireTool[], query: string, max: number): Promise<Found> {
    const { default: Engine } = await import("minisearch")
    const most = Math.max(spare, 2 * tools.length)
    if (this.#engine === undefined || this.#byText.size > most) this.#reset(new Engine<Document>(options))
    // As it is now: a later search may start anew while this one waits.
    const engine = this.#engine as MiniSearch<Document>
    const view = this.#views.get(tools) ?? this.#enter(engine, tools)
    await this.#adding
    const terms = wordsOf(query).slice(0, mostTerms).join(" ")
    const hits = engine.search(terms, { filter: ({ id }) => view.has(id) })
    const best = hits.slice(0, max).flatMap(({ id }) => view.get(id) ?? [])
    return { tools: best, count: hits.length }
  }

  #reset(engine: MiniSearch<Document>): void {
    this.#engine = engine
    this.#ids = new WeakMap()
    this.#byText = new Map()
    this.#views = new WeakMap()
  }

  /** Numbers the tools of a list; what is new is indexed. */
  #enter(engine: MiniSearch<Document>, tools: readonly WireTool[]): ReadonlyMap<number, WireTool> {
    const added: Document[] = []
    const view = new Map<number, WireTool>()
    for (const tool of tools) {
      const id = this.#ids.get(tool) ?? this.#number(tool, added)
      this.#ids.set(tool, id)
      view.set(id, tool)
    }
    if (added.length > 0) {
      const before = this.#adding
      this.#adding = before.then(() => engine.addAllAsync(added, { chunkSize }))
    }
    this.#views.set(tools, view)
    return view
  }

  #number(tool: WireTool, added: Document[]): number {
    const texts = textsOf(tool)
    const text = JSON.stringify(Object.values(texts))
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const id = this.#byText.size
    this.#byText.set(text, id)
    added.push({ id, ...texts })
    return id
  }
}

const options = {
  fields: ["name", "title", "tags", "description", "parameters"],
  tokenize: wordsOf,
  // Words are lower-case already.
  processTerm: (term: string): string => term,
  searchOptions: {
    boost: { name: 4, title: 3, tags: 2, description: 2 },
    prefix: (term: string): boolean => term.length > 2,
    fuzzy: (term: string): number | false => (term.length > 4 ? 0.2 : false),
  },
}
