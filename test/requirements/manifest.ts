import type { Requirement } from "./requirement.ts"
import { asking } from "./rows/asking.ts"
import { base } from "./rows/base.ts"
import { components } from "./rows/components.ts"
import { extensions } from "./rows/extensions.ts"
import { operation } from "./rows/operation.ts"
import { transports } from "./rows/transports.ts"

/**
 * Every numbered requirement for servers, and whether this suite tests it. A row of the stateless core is `tested`;
 * what belongs to another era, transport or extension is `deferred` and says to which.
 */
export const manifest: readonly Requirement[] = [
  ...base,
  ...transports,
  ...components,
  ...operation,
  ...asking,
  ...extensions,
]
