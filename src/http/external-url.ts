import type { Endpoint } from "./endpoint.ts"

/**
 * The URL of a request as its client wrote it, also behind a proxy.
 *
 * @param origin Where the request came in: `http://127.0.0.1:3000`.
 * @param target Its path and query. Never resolved as a reference: `//evil.example/mcp` is a path here.
 */
export function externalUrl({ publicUrl }: Endpoint, origin: string, target: string): URL {
  const url = new URL(publicUrl ?? origin)
  const query = target.indexOf("?")
  const path = query === -1 ? target : target.slice(0, query)
  url.pathname = url.pathname.replace(/\/$/, "") + path
  url.search = query === -1 ? "" : target.slice(query)
  return url
}
