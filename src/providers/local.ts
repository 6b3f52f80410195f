import type { ComponentKind } from "../components/component.ts"
import { componentKey } from "../components/component.ts"
import {
  DuplicateComponent,
  InvalidOption,
  MixedVersions,
  quoted,
  UnknownComponent,
} from "../errors/server.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { ChangeListener, Kinds, Provider, Resolved } from "../server/provider.ts"
import type { ServerLog } from "../server/server-log.ts"

/** What to do when a name and version is registered twice. */
export type DuplicatePolicy = "error" | "warn" | "replace" | "ignore"

/** Any component value. */
export type AnyComponent = Kinds[ComponentKind]["component"]

/**
 * Refuses what `tool()`, `resource()` and `prompt()` did not make. What another copy of this package made passes, so
 * the shape decides.
 *
 * @throws {InvalidOption}
 */
export function assertComponent(value: unknown): asserts value is AnyComponent {
  if (isComponent(value)) return
  const fix = Array.isArray(value)
    ? "Spread it: `mcp.add(...list)`."
    : "Make it with `tool({ … }, handler)`, `resource({ … }, handler)` or `prompt({ … }, handler)`."
  throw new InvalidOption("What should be a component", quoted(value), fix)
}

/** Tells whether a value is what `tool()`, `resource()` or `prompt()` made, of any copy of this package. */
export function isComponent(value: unknown): value is AnyComponent {
  return hasKey(value) && isObject(value.definition) && typeof value.invoke === "function"
}

const kinds: readonly unknown[] = ["tool", "resource", "template", "prompt"] satisfies ComponentKind[]

function hasKey(value: unknown): value is { readonly [name: string]: unknown } {
  return isObject(value) && kinds.includes(value.kind) && typeof value.id === "string"
}

/** Holds the components that were registered by hand. */
export class LocalProvider implements Provider {
  readonly name = "local"
  readonly #owner: string
  readonly #policy: DuplicatePolicy
  readonly #log: ServerLog
  readonly #entries: Map<string, Resolved> = new Map()
  /** How many versions names have that have any, by the key of the name without one. */
  readonly #versioned: Map<string, number> = new Map()
  readonly #listeners: Set<ChangeListener> = new Set()

  constructor(owner: string, policy: DuplicatePolicy, log: ServerLog) {
    this.#owner = owner
    this.#policy = policy
    this.#log = log
  }

  list<K extends ComponentKind>(kind: K): readonly Resolved<K>[] {
    const entries = [...this.#entries.values()]
    // Filtered by the kind that the parameter names.
    return entries.filter(({ component }) => component.kind === kind) as unknown as readonly Resolved<K>[]
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** @throws {DuplicateComponent} */
  add(components: readonly AnyComponent[]): void {
    const added = new Map<string, AnyComponent>()
    const versioned = new Set<string>()
    // All or nothing: a duplicate among several leaves none behind.
    for (const component of components) {
      assertComponent(component)
      const key = componentKey(component)
      this.#assertUnmixed(component, added, versioned)
      if (this.#mayAdd(key, added.has(key))) added.set(key, component)
    }
    for (const [key, component] of added) this.#set(key, component)
    this.#changed(added.values())
  }

  /** Puts a component in the place of one with the same key, which must be there. */
  replace(component: AnyComponent): void {
    assertComponent(component)
    const key = componentKey(component)
    if (!this.#entries.has(key)) throw new UnknownComponent(key)
    this.#set(key, component)
    this.#changed([component])
  }

  /** Returns whether it was there. */
  remove(component: Pick<AnyComponent, "kind" | "id" | "version">): boolean {
    if (!hasKey(component)) {
      const fix = "Give the component, or its `kind`, `id` and `version`."
      throw new InvalidOption("What should be removed", quoted(component), fix)
    }
    const removed = this.#entries.delete(componentKey(component))
    if (removed) {
      this.#count(component, -1)
      this.#changed([component])
    }
    return removed
  }

  get components(): readonly AnyComponent[] {
    return [...this.#entries.values()].map(({ component }) => component)
  }

  /** A name is versioned or it is not: nobody could tell which of the two is the newer one. */
  #assertUnmixed(
    { kind, id, version }: AnyComponent,
    added: ReadonlyMap<string, AnyComponent>,
    versioned: Set<string>,
  ): void {
    const plain = componentKey({ kind, id, version: undefined })
    const isMixed =
      version === undefined
        ? this.#versioned.has(plain) || versioned.has(plain)
        : this.#entries.has(plain) || added.has(plain)
    if (version !== undefined) versioned.add(plain)
    if (isMixed) throw new MixedVersions(kind, id, version !== undefined)
  }

  #mayAdd(key: string, isAdded: boolean): boolean {
    if (!isAdded && !this.#entries.has(key)) return true
    switch (this.#policy) {
      case "error":
        throw new DuplicateComponent(key)
      case "warn":
        this.#log({ level: "warning", message: `\`${key}\` was registered already and is replaced` })
        return true
      case "replace":
        return true
      case "ignore":
        return false
    }
  }

  #set(key: string, component: AnyComponent): void {
    // A component's own `invoke` is the one for its kind.
    const entry = { component, owner: this.#owner, invoke: component.invoke } as Resolved
    if (!this.#entries.has(key)) this.#count(component, 1)
    this.#entries.set(key, entry)
  }

  #count({ kind, id, version }: Pick<AnyComponent, "kind" | "id" | "version">, by: number): void {
    if (version === undefined) return
    const name = componentKey({ kind, id, version: undefined })
    const count = (this.#versioned.get(name) ?? 0) + by
    if (count > 0) this.#versioned.set(name, count)
    else this.#versioned.delete(name)
  }

  #changed(components: Iterable<Pick<AnyComponent, "kind">>): void {
    const kinds: ComponentKind[] = []
    for (const { kind } of components) if (!kinds.includes(kind)) kinds.push(kind)
    if (kinds.length === 0) return
    for (const listener of this.#listeners) listener(kinds)
  }
}
