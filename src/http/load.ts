/** How many requests to an endpoint are under way, from their head to their answer, and how many may be. */
export interface Load {
  readonly max: number
  /** Kept by the channels. */
  open: number
}
