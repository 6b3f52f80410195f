import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { Catalog } from "./catalog.ts"
import type { Lister } from "./lister.ts"

let loaded: typeof import("./lister.ts") | undefined

/** Loads what makes the pages of lists, which a server without a client that lists does not need. */
export async function loadLister(): Promise<typeof import("./lister.ts")> {
  loaded = await import("./lister.ts")
  return loaded
}

/** Makes what gives the lister of a catalog: at once, but for the first list. */
export function lazyLister(catalog: Catalog, pageSize: number): () => MaybePromise<Lister> {
  let lister: Lister | undefined
  return () =>
    lister ??
    andThen(loaded ?? loadLister(), ({ Lister }) => {
      lister ??= new Lister(catalog, pageSize)
      return lister
    })
}
