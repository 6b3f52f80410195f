import { clip } from "../shared/clip.ts"
import { didYouMean } from "./did-you-mean.ts"
import { FleetError } from "./fleet-error.ts"

/**
 * Nothing can be read under this URI, or nothing that the caller may see. The handler of a resource throws it for what
 * does not exist.
 *
 * @see S28/server/resources#error-handling
 * @example
 * const users = new Map([["7", "Ada"]])
 * resource("users://{id}", ({ id }) => {
 *   const name = users.get(id)
 *   if (name === undefined) throw new ResourceNotFound(`users://${id}`)
 *   return name
 * })
 */
export class ResourceNotFound extends FleetError {
  readonly code = "RESOURCE_NOT_FOUND"
  override readonly rpc = -32602
  override readonly data: { readonly uri: string }
  /**
   * @param uri What was to be read.
   * @param near What may have been meant. Default: nothing.
   */
  constructor(uri: string, near?: string) {
    super(`Resource not found: \`${clip(uri)}\`.${didYouMean(uri, near)}`, {
      fix: "Call `resources/list` and `resources/templates/list` to see what this server offers.",
    })
    this.data = { uri }
  }
}
