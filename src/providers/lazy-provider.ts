import type { ChangeListener, EventListener, Provider } from "../server/provider.ts"

/** A provider that is loaded when the server starts. */
export interface LazyProviderOptions {
  readonly name: string
  readonly load: () => Promise<Provider>
  /** Called when it is there: what it has can be told at once from then on. */
  readonly onLoaded: () => void
}

/** Makes a provider of one that must be loaded first. It is, at the latest, when the server starts. */
export function lazyProvider({ name, load, onLoaded }: LazyProviderOptions): Provider {
  let loaded: Provider | undefined
  let loading: Promise<Provider> | undefined
  /** What to do once it is there; what it returns is called when its listener leaves. */
  const waiting = new Set<(provider: Provider) => (() => void) | undefined>()

  async function get(): Promise<Provider> {
    loading ??= load()
    const provider = await loading
    if (loaded === undefined) {
      loaded = provider
      for (const begin of waiting) begin(provider)
      waiting.clear()
      onLoaded()
    }
    return provider
  }

  function listen(begin: (provider: Provider) => (() => void) | undefined): () => void {
    let end: (() => void) | undefined
    const run = (provider: Provider) => {
      end = begin(provider)
      return end
    }
    if (loaded === undefined) waiting.add(run)
    else run(loaded)
    return () => {
      waiting.delete(run)
      end?.()
    }
  }

  return {
    name,
    list: (kind, scope) => loaded?.list(kind, scope) ?? get().then((provider) => provider.list(kind, scope)),
    find: (kind, id, scope) =>
      loaded === undefined
        ? get().then((provider) => provider.find?.(kind, id, scope))
        : loaded.find?.(kind, id, scope),
    onChange: (listener: ChangeListener) => listen((provider) => provider.onChange?.(listener)),
    onEvent: (listener: EventListener) => listen((provider) => provider.onEvent?.(listener)),
    namesFor: (kind, id) => loaded?.namesFor?.(kind, id) ?? [],
    lifespan: async () => (await get()).lifespan?.(),
  }
}
