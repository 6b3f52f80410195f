import type { Transport } from "@modelcontextprotocol/client"

/** What messages to a server travel by, and what is known of it beside them. */
export interface Carrier {
  readonly transport: Transport
  /** The server as errors name it. */
  readonly name: string
  readonly kind: "http" | "sse" | "stdio" | "memory"
  /** Says what went wrong in our words, where it knows. */
  explain(error: unknown): Error | undefined
  /** Whether the server answered the last request in a way that speaks for the older HTTP+SSE transport. */
  readonly suggestsSse?: boolean
  /** Takes leave and gives back all that was opened. */
  close(): Promise<void>
}

/** Lists an error and all that led to it. */
export function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = []
  for (const pending = [error]; pending.length > 0 && chain.length < 20; ) {
    const next = pending.shift()
    if (typeof next !== "object" || next === null) continue
    chain.push(next)
    // `as`: what led to it may be one error, several, or none.
    const { cause, errors } = next as { readonly cause?: unknown; readonly errors?: unknown }
    pending.push(cause, ...(Array.isArray(errors) ? errors : []))
  }
  return chain
}
