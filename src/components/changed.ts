import type { Component } from "./component.ts"
import { handlerOf, rememberHandler, wireFields } from "./define-component.ts"

/** A component that lists show: what is shown is made of its fields. */
interface Listed extends Component {
  readonly definition: object
}

/**
 * Makes the same component with other fields. What lists show of title, description, icons, tags, version and `_meta`
 * follows; what is shown under other names is given as `shown`.
 *
 * @param changes The fields that are others.
 * @param shown What else lists show otherwise, such as `{ name }`.
 */
export function changedComponent<C extends Listed>(component: C, changes: Partial<C>, shown: object = {}): C {
  const changed: C = { ...component, ...changes }
  const {
    title: _title,
    description: _text,
    icons: _icons,
    _meta,
    ...rest
  } = component.definition as {
    readonly [name: string]: unknown
  }
  const definition = Object.freeze({ ...rest, ...wireFields(changed), ...shown })
  const made = Object.freeze({ ...changed, ...underDefaults(component, changes, shown), definition })
  const handler = handlerOf(component)
  if (handler !== undefined) rememberHandler(made, handler)
  return made
}

/** A tool that is made anew under the defaults of a server is changed again. */
function underDefaults<C extends Listed>(
  component: C,
  changes: Partial<C>,
  shown: object,
): object | undefined {
  if ("withDefaults" in changes || !("withDefaults" in component)) return undefined
  // Only tools have it, and what it makes is a tool.
  const { withDefaults } = component as unknown as { withDefaults: (defaults: object) => C }
  return { withDefaults: (defaults: object) => changedComponent(withDefaults(defaults), changes, shown) }
}
