import { compareVersions } from "../shared/version-order.ts"
import type { Catalog } from "./catalog.ts"
import type { Resolved, Scope } from "./provider.ts"
import { seen } from "./snapshot.ts"

/** A template that fits a URI. */
interface TemplateMatch {
  readonly kind: "template"
  readonly resolved: Resolved<"template">
  readonly variables: unknown
}

/** What is read under a URI. */
type Readable = TemplateMatch | { readonly kind: "resource"; readonly resolved: Resolved<"resource"> }

/** Finds what is read under a URI: the resource of that very URI, else the first template it fits. */
export async function findReadable(
  catalog: Catalog,
  uri: string,
  scope: Scope,
): Promise<Readable | undefined> {
  const concrete = await catalog.find("resource", uri, scope)
  if (concrete !== undefined) return { kind: "resource", resolved: concrete }
  // There, but not for this caller: a template that fits it as well must not open it.
  return (await isKept(catalog, uri, scope)) ? undefined : matchTemplate(catalog, uri, scope)
}

/** Whether there is a resource of this URI, but no version of it for this caller. */
async function isKept(catalog: Catalog, uri: string, scope: Scope): Promise<boolean> {
  const anyVersion = { ...scope, version: undefined }
  if (scope.trusted || (await catalog.find("resource", uri, anyVersion)) !== undefined) return false
  return (await catalog.find("resource", uri, { ...anyVersion, trusted: true })) !== undefined
}

/** Finds the first template that a URI fits, with what its variables are. */
async function matchTemplate(
  catalog: Catalog,
  uri: string,
  scope: Scope,
): Promise<TemplateMatch | undefined> {
  for (const resolved of await catalog.survey("template", scope).all) {
    if (!fits(resolved, scope)) continue
    const accepted = await resolved.component.accept(uri)
    if (accepted !== undefined && (await seen(resolved, scope)) !== undefined)
      return { kind: "template", resolved, variables: accepted }
  }
  return undefined
}

function fits({ component: { version } }: Resolved, { version: wanted }: Scope): boolean {
  return wanted === undefined || (version !== undefined && compareVersions(version, wanted) === 0)
}
