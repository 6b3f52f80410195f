import { deferred, type Requirement, tested } from "../requirement.ts"

/** Asking the client: rounds of input, elicitation, sampling, roots. */
export const asking: readonly Requirement[] = [
  tested(
    "S-240",
    "MUST",
    "ask by `input_required`, on `tools/call`, `prompts/get` and `resources/read` alone",
  ),
  tested("S-241", "MUST", "at least one of `inputRequests` and `requestState`"),
  tested("S-242", "MUST", "each input request is one of three methods under a key of its own"),
  tested("S-243", "MUST", "ask for nothing the client did not declare, down to mode and tools"),
  tested("S-244", "MUST", "protect `requestState` and reject what is not ours"),
  tested("S-245", "SHOULD", "bind it to caller, method, arguments and time"),
  deferred("storage", "S-246", ["MUST", "single use where it is needed"]),
  tested("S-247", "SHOULD", "ask again for what is missing, ignore unknown keys, expect no retry"),
  tested("S-248", "SHOULD", "-32602 for malformed answers; check them against the form"),
  tested("S-249", "MUST", "a retry may reach another replica and runs from the start"),
  tested("S-250", "MAY", "`await ctx.elicit()` by replay"),
  tested("S-251", "MUST", "results of retries are not cacheable"),
  deferred("tasks extension", "S-252", ["SHOULD", "ask before a task is made"]),

  deferred("the author's duty", "S-260", ["MUST", "ask for secrets by URL, never in a form"]),
  tested("S-261", "MUST", "a form is a flat object of the types forms have"),
  tested("S-262", "MUST", "simpler forms for 2025-06-18"),
  tested("S-263", "SHOULD", "no `pattern` in forms"),
  tested("S-264", "MUST", "URL elicitation with a valid URL and without an id"),
  deferred("the author's duty", "S-265", ["MUST", "no personal data in the URL"]),
  deferred("the author's duty", "S-266", ["MUST", "third-party credentials do not pass the client"]),
  deferred("the author's duty", "S-267", ["MUST", "who opens the URL is who was asked"]),
  tested("S-268", "MUST", "answers and state belong to the verified caller"),
  tested("S-269", "MUST", "handle accept, decline, cancel, and no retry at all"),
  deferred("the author's duty", "S-270", ["SHOULD", "no clickable URLs in form fields"]),

  tested("S-280", "MUST", "no tools without `sampling.tools`"),
  tested("S-281", "MUST", "`maxTokens` on every sampling request"),
  tested("S-282", "SHOULD", "bound tool loops, the last answer without tools"),
  tested("S-283", "MUST", "each sampling round is a retry; the history is made again"),
  tested("S-284", "MUST", "ask for roots only who declared them"),
  tested("S-285", "SHOULD", "warn once of deprecated features"),
]
