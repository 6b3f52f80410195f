import { InvalidResult } from "../errors/components.ts"
import { mediaTypeOfPath } from "./content-extension.ts"
import type { Context } from "./context.ts"
import { toJsonValue } from "./json-value.ts"
import { assertResourceUri } from "./name.ts"
import { type Resource, type ResourceConfig, resource } from "./resource.ts"

/**
 * Makes a resource of a fixed text.
 *
 * @param config its URI, or all that is known of it; `mimeType` by default from the extension, else `text/plain`
 * @param text the text
 * @throws {InvalidUriTemplate} FLEET-04
 * @see S28/server/resources#reading-resources
 * @example
 * mcp.add(textResource("docs://rules.md", "# Rules\n\nBe kind."))
 */
export function textResource<const Uri extends string>(
  config: Uri | ResourceConfig<Uri>,
  text: string,
): Resource<Uri> {
  const size = new TextEncoder().encode(text).length
  return fixedResource(withDefaults(config, "text/plain", size), () => text)
}

/**
 * Makes a resource of a fixed JSON value. It is taken as it is now: later changes of the object are not seen.
 *
 * @param config its URI, or all that is known of it; `mimeType` by default from the extension, else `application/json`
 * @param value any JSON value
 * @throws {InvalidUriTemplate} FLEET-04
 * @throws {NotSerializable} FLEET-12, where JSON cannot say what is there
 * @throws {InvalidResult} when it is `undefined`
 * @see S28/server/resources#reading-resources
 * @example
 * mcp.add(jsonResource("config://limits", { files: 100 }))
 */
export function jsonResource<const Uri extends string>(
  config: Uri | ResourceConfig<Uri>,
  value: unknown,
): Resource<Uri> {
  const subject = `resource \`${typeof config === "string" ? config : config.uri}\``
  if (value === undefined)
    throw new InvalidResult(subject, "it is `undefined`", "Use `null`, or leave the resource out.")
  const text = JSON.stringify(toJsonValue(value, subject))
  return fixedResource(
    withDefaults(config, "application/json", new TextEncoder().encode(text).length),
    () => text,
  )
}

/**
 * Makes a resource of fixed bytes, which are copied.
 *
 * @param config its URI, or all that is known of it; `mimeType` by default from the extension, else
 * `application/octet-stream`
 * @param bytes the bytes
 * @throws {InvalidUriTemplate} FLEET-04
 * @see S28/server/resources#reading-resources
 * @example
 * mcp.add(binaryResource("data://seed", crypto.getRandomValues(new Uint8Array(16))))
 */
export function binaryResource<const Uri extends string>(
  config: Uri | ResourceConfig<Uri>,
  bytes: Uint8Array | ArrayBuffer,
): Resource<Uri> {
  const copy = new Uint8Array(bytes instanceof ArrayBuffer ? bytes.slice(0) : bytes)
  return fixedResource(withDefaults(config, "application/octet-stream", copy.length), () => copy)
}

/** Fills in what an author left out and a fixed resource knows of itself. */
function withDefaults<const Uri extends string>(
  config: Uri | ResourceConfig<Uri>,
  fallback: string,
  size: number,
): ResourceConfig<Uri> {
  const given: ResourceConfig<Uri> = typeof config === "string" ? { uri: config } : config
  return { mimeType: mediaTypeOfPath(given.uri) ?? fallback, size, ...given }
}

/**
 * Makes a resource that has one URI, and so no template variables.
 *
 * @throws {InvalidUriTemplate} FLEET-04
 */
export function fixedResource<const Uri extends string>(
  config: ResourceConfig<Uri>,
  handler: (args: Record<never, never>, ctx: Context) => unknown,
): Resource<Uri> {
  assertResourceUri(config.uri)
  // Just checked: the URI has no braces, so this is no template, whatever the type `string` may allow.
  return resource<string>(config, handler) as unknown as Resource<Uri>
}
