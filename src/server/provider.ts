import type { ComponentKind } from "../components/component.ts"
import { assertOptions, type OptionKind } from "../components/options.ts"
import type { Prompt, PromptInvoke } from "../components/prompt.ts"
import type { Resource, ResourceInvoke } from "../components/resource.ts"
import type { Template, TemplateInvoke } from "../components/template.ts"
import type { Tool } from "../components/tool.ts"
import type { ToolInvoke } from "../components/tool-invoke.ts"
import type { Principal } from "../protocol/principal.ts"
import type { HeaderBag } from "../protocol/transport.ts"
import type { VisibilityRule } from "../protocol/visibility-rule.ts"
import type { ChangeEvent } from "./events.ts"

/** The kinds of component and what runs each. */
export interface Kinds {
  readonly tool: { readonly component: Tool; readonly invoke: ToolInvoke }
  readonly resource: { readonly component: Resource; readonly invoke: ResourceInvoke }
  readonly template: { readonly component: Template; readonly invoke: TemplateInvoke }
  readonly prompt: { readonly component: Prompt; readonly invoke: PromptInvoke }
}

/** On whose behalf components are listed, found and used, and at which version. */
export interface Scope {
  /** Who is calling; `undefined` for a caller nobody knows. */
  readonly principal: Principal | undefined
  /** The server's own code, which no auth check concerns. */
  readonly trusted: boolean
  /** The version that is wanted; the highest that can be seen where none is. */
  readonly version?: string | undefined
  /** What is hidden from the session of the caller. */
  readonly hidden?: readonly VisibilityRule[] | undefined
  /** Whether what transforms keep out of lists only to keep them short is wanted, too: by what searches it, or calls it. */
  readonly whole?: boolean | undefined
  /** The HTTP headers of the request, for what is found elsewhere. */
  readonly headers?: HeaderBag | undefined
}

/**
 * A component and how to run it. Mounts, proxies and transforms wrap `invoke`, never the handler.
 */
export interface Resolved<K extends ComponentKind = ComponentKind> {
  /** What it is. */
  readonly component: Kinds[K]["component"]
  /** The server or upstream the component belongs to. */
  readonly owner: string
  /** Runs it. */
  readonly invoke: Kinds[K]["invoke"]
  /** Called when somebody wants to hear of updates of a resource; what it returns is called when nobody does any more. */
  readonly watch?: ((uri: string, scope: Scope) => () => void) | undefined
}

/** What changed in a provider: kinds whose lists are others now. */
export type ChangeListener = (kinds: readonly ComponentKind[]) => void

/** What else happens in a provider, such as a resource that was updated. */
export type EventListener = (event: ChangeEvent) => void

/** Finds components: local ones, files, a mounted server, an upstream. */
export interface Provider {
  /** Names it, for whoever debugs. */
  readonly name: string
  /**
   * Lists all components of a kind. An array that is returned at once and not as a promise is kept until
   * `onChange` says otherwise.
   */
  list<K extends ComponentKind>(
    kind: K,
    scope: Scope,
  ): readonly Resolved<K>[] | Promise<readonly Resolved<K>[]>
  /** Finds what `list` does not show. Without it the list is all there is. */
  find?<K extends ComponentKind>(
    kind: K,
    id: string,
    scope: Scope,
  ): Resolved<K> | undefined | Promise<Resolved<K> | undefined>
  /** Tells when lists change. Returns what ends the telling. */
  onChange?(listener: ChangeListener): () => void
  /** Tells of resources that were updated, by the URIs they have here, and the like. Returns what ends the telling. */
  onEvent?(listener: EventListener): () => void
  /** Says what a name or URI of elsewhere may be called here: for messages to whoever forgets a prefix. */
  namesFor?(kind: ComponentKind, id: string): readonly string[]
  /** Called when the server starts; what it returns is called when it closes. */
  lifespan?(): Promise<(() => Promise<void>) | undefined>
}

/** A {@link Provider} as it is written: what it returns for a kind need not say in its type that it is of that kind. */
export interface ProviderInit extends Omit<Provider, "list" | "find"> {
  /** Lists all components of a kind: as of {@link Provider}. */
  list(kind: ComponentKind, scope: Scope): readonly Resolved[] | Promise<readonly Resolved[]>
  /** Finds what `list` does not show: as of {@link Provider}. */
  find?(kind: ComponentKind, id: string, scope: Scope): Resolved | undefined | Promise<Resolved | undefined>
}

/**
 * Types a provider as it is written and checks it.
 *
 * @param provider `list` and `find` return what is of the kind that is asked for, and nothing of another.
 * @throws {UnknownOption} FLEET-09: a field does not exist.
 * @throws {InvalidOption} A field is missing or of another kind.
 * @example
 * const count = tool({ name: "count_users" }, () => 0)
 * const tables = defineProvider({
 *   name: "tables",
 *   list: (kind) => (kind === "tool" ? [{ component: count, owner: "database", invoke: count.invoke }] : []),
 * })
 */
export function defineProvider(provider: ProviderInit): Provider {
  assertOptions("The provider", provider, { kinds, required })
  // The generics of the contract say for the program what the parameter says here for people.
  return provider as Provider
}

/**
 * Refuses what is no provider. One may have further members, for itself.
 *
 * @throws {InvalidOption}
 */
export function assertProvider(provider: unknown): void {
  // `assertOptions` looks whether it is an object at all.
  assertOptions("The provider", provider as object, { kinds, required, isOpen: true })
}

const kinds: { readonly [name in keyof Provider]-?: OptionKind } = {
  name: "string",
  list: "function",
  find: "function",
  onChange: "function",
  onEvent: "function",
  namesFor: "function",
  lifespan: "function",
}

const required: readonly (keyof Provider)[] = ["name", "list"]
