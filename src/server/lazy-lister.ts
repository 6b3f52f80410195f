import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { Catalog } from "./catalog.ts"
import type { Lister } from "./lister.ts"

/** Makes what gives the lister of a catalog. It is loaded by the first list, and there at once from then on. */
export function lazyLister(catalog: Catalog, pageSize: number): () => MaybePromise<Lister> {
  let lister: Lister | undefined
  return () =>
    lister ??
    import("./lister.ts").then(({ Lister }) => {
      lister ??= new Lister(catalog, pageSize)
      return lister
    })
}
