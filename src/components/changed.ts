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
  const { title, description, icons, _meta, ...rest } = component.definition as Shown
  const fields = wireFields(changed) as Shown
  // What is not changed stays as it is shown: what comes from elsewhere need not have a title.
  const kept = {
    title: changed.title === component.title ? title : fields.title,
    description: changed.description === component.description ? description : fields.description,
    icons: changed.icons === component.icons ? icons : fields.icons,
    _meta: isSameMeta(changed, component) ? _meta : fields._meta,
  }
  const present = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined))
  const definition = Object.freeze({ ...rest, ...present, ...shown })
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

interface Shown {
  readonly [name: string]: unknown
}

/** What `_meta` is made of. */
function isSameMeta(one: Component, other: Component): boolean {
  return one.tags === other.tags && one.version === other.version && one.meta === other.meta
}
