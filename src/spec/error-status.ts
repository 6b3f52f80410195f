/** Codes whose HTTP status is 400. A malformed `_meta` is one, too; only who found it can tell it from a tool's bad parameters. */
const badRequests: readonly number[] = [-32700, -32600, -32020, -32021, -32022]

const methodNotFound = -32601

/**
 * Returns the HTTP status of a JSON-RPC error in revisions that derive it from the error, as long as nothing was sent; 200
 * for codes of applications.
 */
export function statusOfError(code: number): 200 | 400 | 404 {
  if (code === methodNotFound) return 404
  return badRequests.includes(code) ? 400 : 200
}
