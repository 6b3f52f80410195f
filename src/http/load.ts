/** How many requests wait for the answer of an endpoint, and how many may. */
export interface Load {
  readonly max: number
  /** Kept by the entries. */
  open: number
}

/** Counts a request as open until its answer is there. */
export function countOpen(load: Load, reply: Promise<unknown>): void {
  const leave = () => {
    load.open--
  }
  load.open++
  reply.then(leave, leave)
}
