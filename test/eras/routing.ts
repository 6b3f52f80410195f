import type { Channel, Reply } from "../../src/protocol/transport.ts"
import type { TestTarget } from "../../src/testing/connect.ts"

/** A request as the clients of these tests send it. */
export interface Request {
  readonly id: string | number
  readonly method: string
  readonly params: { readonly [name: string]: unknown; readonly requestState?: string }
}

/** Stands where a server would: each request of a client without a session goes as `route` says. */
export function routed(route: (request: Request, channel: Channel) => Promise<Reply> | Reply): TestTarget {
  // The clients of these tests send objects.
  const handle = (message: unknown, channel: Channel) => route(message as Request, channel)
  return { handler: { handle }, start: async () => undefined }
}

/** Whether a request goes on with a call that was suspended. */
export const goesOn = ({ params }: Request): boolean => params.requestState !== undefined

/** The same request under another id, as a client sends it again. */
export const again = (request: Request, nth: number): Request => ({ ...request, id: `${request.id}/${nth}` })

/** The result or the error of a reply. */
export function readReply({ body = "{}" }: Reply): {
  readonly result?: { readonly [name: string]: unknown }
  readonly error?: unknown
} {
  return JSON.parse(String(body))
}
