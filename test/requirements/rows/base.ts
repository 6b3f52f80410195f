import { type Requirement, tested } from "../requirement.ts"

/** Messages, versions and eras. */
export const base: readonly Requirement[] = [
  tested("S-001", "MUST", "JSON-RPC 2.0 in UTF-8; ids are strings or integers, never null"),
  tested("S-002", "MUST", "echo the id on results and errors; leave it out only if it cannot be read"),
  tested("S-003", "MUST", "never answer a notification"),
  tested(
    "S-004",
    "MUST",
    "`resultType` on every result: of failed tools, empty ones, ended listens, extensions",
  ),
  tested("S-005", "MUST", "send only result types of the core and of extensions both sides declared"),
  tested("S-006", "MUST", "send no requests of our own"),
  tested(
    "S-007",
    "MUST",
    "take nothing from earlier requests of a connection: version, capabilities, identity",
  ),
  tested("S-008", "SHOULD", "serve interleaved requests of many conversations"),
  tested("S-009", "MUST", "name state that spans requests by an identifier in the request"),
  tested("S-010", "SHOULD", "do not need the same process for related requests"),
  tested("S-011", "MUST", "no -32002, no -32042, no undefined code of the reserved range"),
  tested("S-012", "MUST", "-32601 for methods that are not advertised, and for those of older revisions"),
  tested("S-013", "MUST", "batches in 2025-03-26 only"),
  tested("S-014", "MUST", "assume nothing of unknown `_meta` keys and keep them"),

  tested(
    "S-020",
    "MUST",
    "`server/discover` with versions, capabilities, cache hints, instructions and identity",
  ),
  tested(
    "S-021",
    "MUST",
    "-32022 with `supported` and `requested` for another version, on `server/discover` too",
  ),
  tested(
    "S-022",
    "MUST",
    "-32602 and 400 without `_meta` or a required key of it; `clientInfo` is not required",
  ),
  tested("S-023", "MUST", "-32021 and 400 with an object of what the client should have declared"),
  tested("S-024", "MAY", "serve both eras on one endpoint"),
  tested("S-025", "SHOULD", "name the supported versions where `initialize` is refused"),
  tested("S-026", "MUST", "`supportedVersions` and the `supported` of -32022 agree"),
  tested("S-027", "MUST", "answer `initialize` with the version asked for, or our latest"),
  tested("S-028", "MUST", "the result of `initialize`, and silence until `initialized`"),
  tested("S-029", "MUST", "keep to the negotiated version and capabilities"),
  tested("S-030", "MUST", "without an extension on the other side: core behaviour or a fitting error"),
  tested("S-031", "MUST", "extension ids have a prefix; no extension is active unless it was added"),
  tested("S-032", "SHOULD", "decide nothing by `clientInfo`"),
  tested("S-033", "MUST", "gate by the capabilities of the request at hand"),
  tested("S-034", "MUST", "the era ladder: the claim in the body decides, even on `initialize`"),
  tested("S-035", "MUST", "a header never changes the era; disagreement or absence is -32020"),
  tested("S-036", "MUST", "a claim of a revision with sessions is -32022"),
  tested("S-037", "MUST", "the entry guards host and origin itself and verifies credentials"),
]
