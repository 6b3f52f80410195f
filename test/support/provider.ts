import type { ComponentKind } from "../../src/components/component.ts"
import type { AnyComponent } from "../../src/providers/local.ts"
import type { Provider, Resolved, Scope } from "../../src/server/provider.ts"

/** How a {@link fakeProvider} behaves. */
export interface FakeProviderOptions {
  /** What it lists; may depend on who asks. */
  readonly listed?: (scope: Scope) => readonly AnyComponent[]
  /** What it finds beyond that. */
  readonly found?: (id: string, scope: Scope) => AnyComponent | undefined
  /** Whether its list must be waited for. Default `false`. */
  readonly isAsync?: boolean
  /** Whether it tells when it changes. Default `true`. */
  readonly tells?: boolean
}

/** A provider that counts how often it is asked. */
export interface FakeProvider extends Provider {
  readonly asked: { list: number; find: string[] }
  /** Tells listeners that lists of these kinds are others now. */
  change(...kinds: ComponentKind[]): void
  readonly listeners: number
}

export function fakeProvider(options: FakeProviderOptions): FakeProvider {
  const { listed = () => [], found, isAsync = false, tells = true } = options
  const asked = { list: 0, find: [] as string[] }
  const listeners = new Set<(kinds: readonly ComponentKind[]) => void>()
  // A component's own kind decides; the generic of the contract cannot follow.
  const entries = (kind: ComponentKind, all: readonly AnyComponent[]) =>
    all.filter((component) => component.kind === kind).map(resolve) as never
  return {
    name: "fake",
    asked,
    get listeners() {
      return listeners.size
    },
    change: (...kinds) => {
      for (const listener of listeners) listener(kinds)
    },
    list(kind, scope) {
      asked.list++
      const list = entries(kind, listed(scope))
      return isAsync ? (Promise.resolve(list) as never) : list
    },
    ...(found === undefined
      ? undefined
      : {
          async find(kind: ComponentKind, id: string, scope: Scope) {
            asked.find.push(`${kind}:${id}`)
            const component = found(id, scope)
            return component?.kind === kind ? (resolve(component) as never) : undefined
          },
        }),
    ...(tells
      ? {
          onChange(listener: (kinds: readonly ComponentKind[]) => void) {
            listeners.add(listener)
            return () => void listeners.delete(listener)
          },
        }
      : undefined),
  }
}

function resolve(component: AnyComponent): Resolved {
  return { component, owner: "fake", invoke: component.invoke } as Resolved
}
