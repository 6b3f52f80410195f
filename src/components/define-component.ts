import { InvalidIcon, MissingHandler } from "../errors/components.ts"
import type { Icon, MetaObject } from "../spec/index.ts"
import { assertMeta } from "./annotations.ts"
import type { Component, ComponentKind, ComponentOptions } from "./component.ts"
import { normalizeIcons } from "./icon-list.ts"
import { displayTitle } from "./name.ts"

/** What a component is called. */
export interface Identity<Kind extends ComponentKind, Id extends string> {
  readonly kind: Kind
  readonly id: Id
  /** What its title is made from, where nothing else says one. */
  readonly name: string
}

/** The fields all kinds of component share, checked and frozen. */
export function componentFields<Kind extends ComponentKind, Id extends string>(
  { kind, id, name }: Identity<Kind, Id>,
  options: ComponentOptions & { readonly annotations?: { readonly title?: string | undefined } | undefined },
): Component & { readonly kind: Kind; readonly id: Id } {
  const subject = `${kind} \`${id}\``
  if (options.meta !== undefined) assertMeta(options.meta as MetaObject, subject)
  return {
    kind,
    id,
    version: options.version,
    title: displayTitle({ name, title: options.title, annotations: options.annotations }),
    description: options.description,
    icons: options.icons === undefined ? undefined : iconsOf(options.icons, subject),
    tags: Object.freeze([...(options.tags ?? [])]),
    meta: options.meta === undefined ? undefined : Object.freeze({ ...options.meta }),
    auth: options.auth,
    completes: false,
  }
}

/**
 * Makes a component of the fields that all kinds share and those of its own kind. Added to the object that is there:
 * a literal that spreads another one costs ten times as much, which a server of a thousand tools feels at its start.
 */
export function componentOf<Shared extends object, Own extends object>(
  shared: Shared,
  own: Own,
  handler: Handler,
): Shared & Own {
  const component = Object.freeze(Object.assign(shared, own))
  handlers.set(component, handler)
  return component
}

/** Has a component that was made of another be known by the function of that. */
export function rememberHandler(component: object, handler: Handler): void {
  handlers.set(component, handler)
}

/** The function that a component runs. */
export type Handler = (...args: never) => unknown

const handlers: WeakMap<object, Handler> = /* @__PURE__ */ new WeakMap()

/** The function that somebody wrote for a component, for messages about it; none of those that another made. */
export function handlerOf(component: object): Handler | undefined {
  return handlers.get(component)
}

function iconsOf(icons: NonNullable<ComponentOptions["icons"]>, subject: string): readonly Icon[] {
  try {
    return normalizeIcons(icons)
  } catch (error) {
    throw error instanceof InvalidIcon ? error.of(subject) : error
  }
}

/**
 * Refuses a component without a function.
 *
 * @throws {MissingHandler}
 */
export function assertHandler(subject: string, handler: unknown): void {
  if (typeof handler !== "function") throw new MissingHandler(subject, typeof handler)
}

/** The fields that lists show for every kind. Absent ones are left out, so that the JSON is small. */
export function wireFields(component: Component): object {
  const meta = wireMeta(component)
  return {
    title: component.title,
    ...(component.description === undefined ? undefined : { description: component.description }),
    ...(component.icons === undefined ? undefined : { icons: component.icons }),
    ...(meta === undefined ? undefined : { _meta: meta }),
  }
}

function wireMeta({ tags, version, meta }: Component): object | undefined {
  if (tags.length === 0 && version === undefined) return meta
  return {
    ...meta,
    ...(tags.length === 0 ? undefined : { "fleetmcp/tags": tags }),
    ...(version === undefined ? undefined : { "fleetmcp/version": version }),
  }
}
