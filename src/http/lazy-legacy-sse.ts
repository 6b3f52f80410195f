import type { LegacySseOptions } from "./http-options.ts"
import type { LegacySseHost } from "./legacy-sse.ts"
import type { HttpHandler, Place } from "./place.ts"

/** Says where HTTP+SSE is served, and loads what serves it, which other servers do without. */
export function legacySsePlaces(
  options: LegacySseOptions | boolean | undefined,
  host: LegacySseHost,
): readonly Place[] {
  if (!options) return []
  const { path = "/sse", messages = "/messages" } = options === true ? {} : options
  const loading = import("./legacy-sse.ts").then(
    ({ LegacySse }) => new LegacySse({ ...host, path, messages }),
  )
  // Whoever sends the first request hears of what goes wrong.
  loading.catch(() => undefined)
  const handler: HttpHandler = {
    handle: (message, channel) => loading.then((sse) => sse.handle(message, channel)),
    listen: (channel) => loading.then((sse) => sse.listen(channel)),
  }
  return [
    { path, methods: ["GET"], handler },
    { path: messages, methods: ["POST"], handler },
  ]
}
