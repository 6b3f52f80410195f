import { changedComponent } from "../components/changed.ts"
import type { ComponentKind } from "../components/component.ts"
import { isName } from "../components/name.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { assertPrefix } from "../components/prefix.ts"
import type { Resource } from "../components/resource.ts"
import type { Template } from "../components/template.ts"
import { InvalidPrefix } from "../errors/composition.ts"
import type { Resolved, Scope } from "../server/provider.ts"
import { defineTransform, type InnerView, type Transform } from "../server/transform.ts"
import { clip } from "../shared/clip.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import { type Prefixing, prefixing } from "../shared/prefix.ts"
import { parseTemplate } from "../shared/uri-template.ts"
import { rewriteLinks } from "./rewrite-links.ts"
import { createListed, createWrapped } from "./wrapped.ts"

/** How names are put behind a prefix. */
export interface NamespaceOptions {
  /** What stands between prefix and name. Default `_`. */
  readonly separator?: string
}

const namespaceOptions: KnownOptions = { kinds: { separator: "string" } }

/**
 * Puts all components under a prefix: `add` becomes `math_add`, and `config://settings` becomes `config://math/settings`.
 * Links to resources that lie further in are written anew in what tools, prompts and resources return.
 *
 * @param prefix Letters, digits, `_`, `-` and `.`.
 * @param options `separator`.
 * @throws {InvalidPrefix} FLEET-21: names would not be those of tools any more.
 * @example
 * const mcp = new FleetMCP("Demo", { transforms: [namespace("math")] })
 */
export function namespace(prefix: string, options: NamespaceOptions = {}): Transform {
  assertOptions("`namespace()`", options, namespaceOptions)
  const { separator = "_" } = options
  assertPrefix(prefix, separator)
  const naming = prefixing(prefix, separator)
  return defineTransform({
    name: `namespace ${prefix}`,
    attach(inner) {
      const wrapped = createWrapped((entry) => prefixed(entry, naming, inner))
      const told = new Set<string>()
      /** Whether the name may be that of a tool; hosts refuse a whole list for the sake of one that is none. */
      const fits = ({ component: { kind, id } }: Resolved): boolean => {
        const name = isNamed(kind) ? naming.name(id) : undefined
        if (name === undefined || isName(name)) return true
        if (!told.has(name) && told.size < mostTold) {
          told.add(name)
          const error = new InvalidPrefix(
            prefix,
            `leaves \`${clip(id)}\` out: its name would be none any more`,
          )
          inner.log({ level: "warning", message: error.message, error })
        }
        return false
      }
      const listed = createListed((entries) => entries.filter(fits).map((entry) => wrapped(entry)))
      return {
        list: (_kind, entries) => listed(entries),
        find: (kind, id, next) => {
          const own = innerId(naming, kind, id)
          return own === undefined
            ? undefined
            : andThen(next(own), (entry) => (entry && fits(entry) ? wrapped(entry) : undefined))
        },
      }
    },
  })
}

/** The most names that are told of in the log: an upstream may have any number of them. */
const mostTold = 100

function innerId(naming: Prefixing, kind: ComponentKind, id: string): string | undefined {
  return isNamed(kind) ? naming.innerName(id) : naming.innerUri(id)
}

function isNamed(kind: ComponentKind): boolean {
  return kind === "tool" || kind === "prompt"
}

/** Gives an entry its name under the prefix, and has what it returns name resources as they are called there. */
function prefixed(entry: Resolved, naming: Prefixing, inner: InnerView): Resolved {
  const { component, invoke } = entry
  const rewrite = (result: object) => rewriteLinks(result, (uri) => outerUri(uri, naming, inner))
  switch (component.kind) {
    case "tool":
    case "prompt": {
      const name = naming.name(component.name)
      // Both kinds have the same fields here, which the union cannot follow.
      return {
        ...entry,
        component: changedComponent(component as Resolved<"tool">["component"], { id: name, name }, { name }),
        invoke: (input: unknown, ctx: unknown) => andThen((invoke as Invoke)(input, ctx), rewrite),
      } as Resolved
    }
    case "resource":
      return {
        ...watched(entry, naming),
        ...prefixedResource(component, invoke as Invoke, { naming, rewrite }),
      } as Resolved
    case "template":
      return {
        ...watched(entry, naming),
        ...prefixedTemplate(component, invoke as Invoke, { naming, rewrite }),
      } as Resolved
  }
}

/** What is watched is named as its owner names it. */
function watched(entry: Resolved, naming: Prefixing): Resolved {
  const { watch } = entry
  if (watch === undefined) return entry
  return { ...entry, watch: (uri, scope) => watch(naming.innerUri(uri) ?? uri, scope) }
}

type Invoke = (input: unknown, ctx: unknown) => MaybePromise<object>

interface Rewriting {
  readonly naming: Prefixing
  readonly rewrite: (result: object) => MaybePromise<object>
}

function prefixedResource(component: Resource, invoke: Invoke, { naming, rewrite }: Rewriting): object {
  const uri = naming.uri(component.id)
  return {
    component: changedComponent(component, { id: uri }, { uri }),
    invoke: (read: string, ctx: unknown) => andThen(invoke(naming.innerUri(read) ?? read, ctx), rewrite),
  }
}

function prefixedTemplate(component: Template, invoke: Invoke, { naming, rewrite }: Rewriting): object {
  const id = naming.uri(component.id)
  const accept = (uri: string) => {
    const own = naming.innerUri(uri)
    return own === undefined ? undefined : component.accept(own)
  }
  return {
    component: changedComponent(
      component,
      { id, uriTemplate: parseTemplate(id), accept } as Partial<Template>,
      { uriTemplate: id },
    ),
    invoke: ({ uri, variables }: { uri: string; variables: unknown }, ctx: unknown) =>
      andThen(invoke({ uri: naming.innerUri(uri) ?? uri, variables }, ctx), rewrite),
  }
}

/** Gives the URI that a resource further in has here; nothing for one that is not there. */
async function outerUri(uri: string, naming: Prefixing, inner: InnerView): Promise<string | undefined> {
  const isThere = (await inner.find("resource", uri, whole)) ?? (await matching(inner, uri))
  return isThere === undefined ? undefined : naming.uri(uri)
}

async function matching(inner: InnerView, uri: string): Promise<unknown> {
  for (const { component } of await inner.list("template", whole))
    if (component.uriTemplate.match(uri) !== undefined) return component
  return undefined
}

/** Whoever is given a link: whether he may follow it is found out when he does. */
const whole: Scope = { principal: undefined, trusted: true }
