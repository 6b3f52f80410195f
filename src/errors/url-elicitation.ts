import type { ElicitRequestURLParams, InputRequests } from "../spec/index.ts"
import { FleetError } from "./fleet-error.ts"
import { toWebPage } from "./web-page.ts"

/** A page that a person must visit before a call can go on. */
export interface UrlToVisit {
  /** What the person is to do there. */
  readonly message: string
  /** An absolute URL with `https:` or `http:`. */
  readonly url: string
  /** Names the visit to clients of 2025-11-25, for `mcp.elicitationComplete()`. Default: random. */
  readonly elicitationId?: string
}

/**
 * Ends a call that can do nothing before a person has visited some pages, such as to sign in elsewhere. Clients of
 * 2025-11-25 get error -32042, and call again when it is done. Clients of 2026-07-28 are asked to open the pages, and
 * the call runs again when they were opened; it fails when the person would not.
 *
 * @see S11/client/elicitation#url-elicitation-required-error, S28/basic/patterns/mrtr
 * @example
 * mcp.tool({ name: "calendar" }, () => {
 *   throw new UrlElicitationRequired([{ message: "Sign in", url: "https://example.com/sign-in" }])
 * })
 */
export class UrlElicitationRequired extends FleetError {
  readonly code = "URL_ELICITATION_REQUIRED"
  /** The pages, as error -32042 tells of them. */
  readonly elicitations: readonly ElicitRequestURLParams[]
  /** The same as questions, for revisions that ask them. */
  readonly requests: InputRequests
  declare readonly state: undefined

  /**
   * @param pages What is to be visited; one page at least.
   * @throws {NotAWebPage} A URL is neither `https:` nor `http:`.
   */
  constructor(pages: readonly UrlToVisit[]) {
    const questions = pages.map(
      ({ message, url }) => ({ mode: "url", message, url: toWebPage(url) }) as const,
    )
    super(
      `The call cannot go on before a page was visited: ${questions.map(({ url }) => `\`${url}\``).join(", ")}.`,
      {
        fix: "Open it, finish there, and call again.",
      },
    )
    // The mark of `inputRequired()`. Here and not in a static block, so that bundlers may leave the class out.
    Object.defineProperty(this, Symbol.for("fleetmcp.input-required"), { value: true })
    this.requests = Object.fromEntries(
      questions.map(
        (params, index) => [`page-${index + 1}`, { method: "elicitation/create", params }] as const,
      ),
    )
    this.elicitations = questions.map((params, index) => ({
      ...params,
      elicitationId: pages[index]?.elicitationId ?? crypto.randomUUID(),
    }))
  }

  /**
   * Tells whether the pages may be asked for: not once somebody would not open one.
   *
   * @param responses What was answered before, by key.
   * @example
   * const isOpen = (error: UrlElicitationRequired) => error.isOpen({ page: { action: "decline" } })
   */
  isOpen(responses: { readonly [key: string]: { readonly action?: unknown } } | undefined): boolean {
    return Object.keys(this.requests).every((key) => (responses?.[key]?.action ?? "accept") === "accept")
  }
}
