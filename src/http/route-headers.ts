import type { Endpoint } from "./endpoint.ts"

/** The headers of a route's answer, with those that let a page of another origin read it unless it has its own. */
export function routeHeaders(endpoint: Endpoint, origin: string | undefined, own: Headers): Headers {
  const headers = new Headers(own)
  if (endpoint.cors === undefined || own.has("access-control-allow-origin")) return headers
  for (const [name, value] of Object.entries(endpoint.cors.headers(origin))) {
    if (name === "vary") headers.append(name, value)
    else headers.set(name, value)
  }
  return headers
}
