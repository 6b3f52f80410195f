import { InvalidResult } from "../errors/components.ts"
import { toUtf8 } from "../shared/utf8.ts"
import { mediaTypeOfPath } from "./content-extension.ts"
import type { Context } from "./context.ts"
import { toJsonValue } from "./json-value.ts"
import { assertResourceUri } from "./name.ts"
import { assertConfig, assertOptions, readOptions } from "./options.ts"
import { type Resource, type ResourceConfig, resource, resourceOptions } from "./resource.ts"

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
  const size = toUtf8(text).length
  return fixedResource(withDefaults(fixedConfig("textResource", config), "text/plain", size), () => text)
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
  const given = fixedConfig("jsonResource", config)
  const subject = `resource \`${given.uri}\``
  if (value === undefined)
    throw new InvalidResult(subject, "it is `undefined`", "Use `null`, or leave the resource out.")
  const text = JSON.stringify(toJsonValue(value, subject))
  return fixedResource(withDefaults(given, "application/json", toUtf8(text).length), () => text)
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
  const given = fixedConfig("binaryResource", config)
  return fixedResource(withDefaults(given, "application/octet-stream", copy.length), () => copy)
}

/** Fills in what an author left out and a fixed resource knows of itself. */
function withDefaults<const Uri extends string>(
  given: ResourceConfig<Uri>,
  fallback: string,
  size: number,
): ResourceConfig<Uri> {
  return { mimeType: mediaTypeOfPath(given.uri) ?? fallback, size, ...given }
}

/**
 * Reads the options of a resource that has one URI; a URI alone will do.
 *
 * @throws {InvalidOption}
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidUriTemplate} FLEET-04
 */
export function fixedConfig<const Uri extends string>(
  factory: string,
  config: Uri | ResourceConfig<Uri>,
): ResourceConfig<Uri> {
  const given: ResourceConfig<Uri> = typeof config === "string" ? { uri: config } : config
  assertConfig(factory, given, "uri")
  assertOptions(`The options of \`${factory}()\``, given, resourceOptions)
  assertResourceUri(given.uri)
  return readOptions(given, resourceOptions)
}

/** Makes a resource that has one URI, and so no template variables, of what {@link fixedConfig} gave. */
export function fixedResource<const Uri extends string>(
  config: ResourceConfig<Uri>,
  handler: (args: Record<never, never>, ctx: Context) => unknown,
): Resource<Uri> {
  // Checked by `fixedConfig`: the URI has no braces, so this is no template, whatever the type `string` may allow.
  return resource<string>(config, handler) as unknown as Resource<Uri>
}
