import { type ContextKey, contextKey } from "../components/context.ts"

/** Why a call failed whose outcome does not say so: results of tools carry words only. */
export interface HandlerFailure {
  /** What was thrown. */
  readonly error: unknown
  /** What failed, for messages: "calling tool 'x'". */
  readonly doing: string
}

/** Left in a call by whoever words its failure for the client. */
export const handlerFailure: ContextKey<HandlerFailure> = /* @__PURE__ */ contextKey("handlerFailure")
