import type { ComponentKind } from "../components/component.ts"
import type { Prompt, PromptInvoke } from "../components/prompt.ts"
import type { Resource, ResourceInvoke } from "../components/resource.ts"
import type { Template, TemplateInvoke } from "../components/template.ts"
import type { Tool } from "../components/tool.ts"
import type { ToolInvoke } from "../components/tool-invoke.ts"
import type { Principal } from "../protocol/principal.ts"

/** The kinds of component and what runs each. */
export interface Kinds {
  readonly tool: { readonly component: Tool; readonly invoke: ToolInvoke }
  readonly resource: { readonly component: Resource; readonly invoke: ResourceInvoke }
  readonly template: { readonly component: Template; readonly invoke: TemplateInvoke }
  readonly prompt: { readonly component: Prompt; readonly invoke: PromptInvoke }
}

/** On whose behalf components are listed, found and used, and at which version. */
export interface Scope {
  readonly principal: Principal | undefined
  /** The server's own code, which no auth check concerns. */
  readonly trusted: boolean
  /** The version that is wanted; the highest that can be seen where none is. */
  readonly version?: string | undefined
}

/**
 * A component and how to run it. Mounts, proxies and transforms wrap `invoke`, never the handler.
 */
export interface Resolved<K extends ComponentKind = ComponentKind> {
  readonly component: Kinds[K]["component"]
  /** The server or upstream the component belongs to. */
  readonly owner: string
  readonly invoke: Kinds[K]["invoke"]
}

/** What changed in a provider: kinds whose lists are others now. */
export type ChangeListener = (kinds: readonly ComponentKind[]) => void

/** Finds components: local ones, files, a mounted server, an upstream. */
export interface Provider {
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
  /** Called when the server starts; what it returns is called when it closes. */
  lifespan?(): Promise<(() => Promise<void>) | undefined>
}
