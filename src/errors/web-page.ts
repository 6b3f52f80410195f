import { FleetError } from "./fleet-error.ts"

/** A person is asked to visit something that is no web page. */
export class NotAWebPage extends FleetError {
  readonly code = "NOT_A_WEB_PAGE"
  constructor(url: string) {
    super(`\`${url.slice(0, 100)}\` cannot be visited.`, {
      fix: "Give an absolute URL with `https:` or `http:`.",
    })
  }
}

/** Gives a URL that may be opened on a person's machine: no `javascript:`, no `file:`, no scheme of an app. */
export function toWebPage(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== "https:" && parsed?.protocol !== "http:") throw new NotAWebPage(url)
  return parsed.href
}
