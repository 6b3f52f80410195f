import { type Requirement, tested } from "../requirement.ts"

/** Pagination, caching, logging, progress, cancellation and subscriptions. */
export const operation: readonly Requirement[] = [
  tested("S-200", "SHOULD", "stable opaque cursors; -32602 for others; `nextCursor` only if there is more"),
  tested("S-201", "MUST", "`ttlMs` and `cacheScope` on the six cacheable results"),
  tested("S-202", "MUST", "no hints on `input_required`"),
  tested("S-203", "MUST", "the same `cacheScope` on every page"),
  tested("S-204", "MUST", "private by default, and always where the list depends on the caller"),
  tested("S-205", "MUST", "no cache hints"),

  tested("S-210", "MUST", "declare `logging`"),
  tested("S-211", "MUST", "log only to a request that asked, at its level and above, on its own stream"),
  tested("S-212", "SHOULD", "-32602 for an unknown level"),
  tested("S-213", "MUST", "no credentials and no internals in what is sent"),
  tested("S-214", "MUST", "`logging/setLevel`"),
  tested(
    "S-215",
    "MUST",
    "progress with the token of the request, strictly increasing, none after the answer",
  ),
  tested("S-216", "SHOULD", "stop and do not answer when cancelled; ignore what is unknown"),
  tested("S-217", "MUST", "send no `notifications/cancelled`"),
  tested("S-218", "MUST", "`initialize` is not cancelled"),
  tested("S-219", "SHOULD", "time-outs for requests to the client"),
  tested("S-220", "MUST", "answer `ping`"),

  tested("S-230", "MUST", "the acknowledgement comes first and names what is honored"),
  tested("S-231", "MUST", "every message of the stream carries the subscription's id, of the same type"),
  tested("S-232", "MUST", "nothing that was not asked for"),
  tested("S-233", "SHOULD", "on shutdown the empty result, then the end"),
  tested("S-234", "MUST", "several subscriptions of one client, each on its own"),
  tested("S-235", "MUST", "an event stream over HTTP, fed by a bus that replicas can share"),
  tested("S-236", "MUST", "authorization is checked while the stream is open"),
]
