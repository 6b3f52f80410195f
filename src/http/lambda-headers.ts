import type { ResultForm } from "./lambda-event.ts"

/** The headers of a result, in one of the forms that what calls a function knows. */
export interface LambdaHeaders {
  headers?: { [name: string]: string }
  multiValueHeaders?: { [name: string]: string[] }
  cookies?: string[]
}

/** Says headers in a form. Several cookies cannot be said in single texts: the last one stays. */
export function toLambdaHeaders(form: ResultForm, headers: Headers): LambdaHeaders {
  if (form === "single") return { headers: Object.fromEntries(headers) }
  const cookies = headers.getSetCookie()
  const others = [...headers].filter(([name]) => name !== "set-cookie")
  if (form === "multi") {
    const lists = others.map(([name, value]) => [name, [value]])
    if (cookies.length > 0) lists.push(["set-cookie", cookies])
    return { multiValueHeaders: Object.fromEntries(lists) }
  }
  return { headers: Object.fromEntries(others), ...(cookies.length === 0 ? undefined : { cookies }) }
}
