/** Stands in the context store for what is made once for many calls, also where one of them caused it. */
export interface Outliving {
  readonly kind: "lifespan" | "dependency"
  readonly name: string
}
