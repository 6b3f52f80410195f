/** Stands in the context store for what is made once for many calls, also where one of them caused it. */
export class Outliving {
  readonly kind: "lifespan" | "dependency"
  readonly name: string

  constructor(kind: Outliving["kind"], name: string) {
    this.kind = kind
    this.name = name
  }
}
