import { InvalidIcon } from "../errors/components.ts"
import { decodeBase64 } from "../shared/base64.ts"
import type { Icon } from "../spec/index.ts"
import { sniffMediaType } from "./content-media.ts"
import { assertSafeSvg } from "./icon-svg.ts"

export interface IconOptions {
  /** One of the types of {@link ICON_MEDIA_TYPES}. Default: that of the data URI; none for a URL. */
  readonly mimeType?: string
  /** `48x48` in pixels, or `any` for a format that scales; one or several. */
  readonly sizes?: string | readonly string[]
  /** The background the icon is made for. Default: any. */
  readonly theme?: "light" | "dark"
}

/** The heaviest icon that a data URI may hold, in decoded bytes: lists send it again and again. */
export const MAX_ICON_BYTES: number = 64 * 1024

/** What icons may be. */
const ICON_MEDIA_TYPES: readonly string[] = [
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "image/avif",
  "image/svg+xml",
]

/**
 * Makes an icon of an `https:` URL or a base64 `data:` URI.
 *
 * @throws {InvalidIcon} FLEET-24: another scheme, no base64, bytes of another type, too large, or an unsafe SVG
 * @see S28/basic/index#icons
 */
export function icon(source: string | URL, options: IconOptions = {}): Icon {
  const src = String(source)
  const found = src.startsWith("data:") ? checkDataUri(src) : checkUrl(src)
  const mimeType = checkMediaType(options.mimeType, found)
  const sizes = options.sizes === undefined ? undefined : checkSizes(options.sizes)
  const theme = checkTheme(options.theme)
  return Object.freeze({
    src,
    ...(mimeType === undefined ? undefined : { mimeType }),
    ...(sizes === undefined ? undefined : { sizes }),
    ...(theme === undefined ? undefined : { theme }),
  })
}

/**
 * Checks what an author gave as icons: a URL or data URI, an icon, or a list of these.
 *
 * @throws {InvalidIcon} FLEET-24
 */
export function normalizeIcons(
  icons: string | URL | Icon | readonly (string | URL | Icon)[],
): readonly Icon[] {
  const list = isList(icons) ? icons : [icons]
  return Object.freeze(list.map(normalizeIcon))
}

function isList(icons: unknown): icons is readonly (string | URL | Icon)[] {
  return Array.isArray(icons)
}

function normalizeIcon(given: string | URL | Icon): Icon {
  if (typeof given === "string" || given instanceof URL) return icon(given)
  if (typeof given !== "object" || given === null || typeof given.src !== "string") {
    throw new InvalidIcon("it has no `src`", "Use `icon(url)` or `iconFromFile(path)`.")
  }
  const { src, mimeType, sizes, theme } = given
  return icon(src, {
    ...(mimeType === undefined ? undefined : { mimeType }),
    ...(sizes === undefined ? undefined : { sizes }),
    ...(theme === undefined ? undefined : { theme }),
  })
}

function checkUrl(src: string): undefined {
  const url = URL.canParse(src) ? new URL(src) : undefined
  if (url?.protocol === "https:") {
    if (url.username === "" && url.password === "") return
    throw new InvalidIcon("its URL holds credentials, which every client would see", "Leave them out.")
  }
  const shown = shorten(src)
  if (url?.protocol === "http:") {
    throw new InvalidIcon(
      `\`${shown}\` is not encrypted`,
      "Serve it over `https:`, or use `iconFromFile(path)`.",
    )
  }
  if (/^[A-Za-z0-9+/]{64,}/.test(src))
    throw new InvalidIcon(`\`${shown}\` has no \`data:…;base64,\` in front`)
  throw new InvalidIcon(`\`${shown}\` is neither an \`https:\` URL nor a \`data:\` URI`)
}

function checkDataUri(src: string): string {
  const comma = src.indexOf(",")
  const header = src.slice("data:".length, comma === -1 ? 60 : comma)
  const [mimeType = "", ...parameters] = header.split(";")
  assertIconType(mimeType)
  if (comma === -1 || parameters.length !== 1 || parameters[0] !== "base64") {
    throw new InvalidIcon(`\`data:${shorten(header)}\` does not say \`data:${mimeType};base64,\``)
  }
  const bytes = decodeBody(src.slice(comma + 1))
  const actual = sniffMediaType(bytes)
  if (actual !== mimeType) {
    throw new InvalidIcon(
      `it says \`${mimeType}\`, but its bytes are ${actual === undefined ? "not" : `\`${actual}\``}`,
    )
  }
  if (mimeType === "image/svg+xml") assertSafeSvg(bytes)
  return mimeType
}

function decodeBody(body: string): Uint8Array {
  // Before decoding, so that a huge one costs nothing: four characters are three bytes.
  if (body.length > Math.ceil(MAX_ICON_BYTES / 3) * 4) throw tooLarge(Math.floor((body.length / 4) * 3))
  const bytes = decodeBase64(body)
  if (bytes === undefined || bytes.length === 0) throw new InvalidIcon("its data is not base64")
  if (bytes.length > MAX_ICON_BYTES) throw tooLarge(bytes.length)
  return bytes
}

function tooLarge(bytes: number): InvalidIcon {
  return new InvalidIcon(
    `it has ${bytes} bytes, of at most ${MAX_ICON_BYTES}`,
    "Scale it down (48 to 128 pixels are enough), or serve it over `https:`.",
  )
}

function checkMediaType(declared: string | undefined, found: string | undefined): string | undefined {
  if (declared === undefined) return found
  assertIconType(declared)
  if (found === undefined || declared === found) return declared
  throw new InvalidIcon(
    `its data URI says \`${found}\`, but \`mimeType\` says \`${declared}\``,
    "Leave `mimeType` out.",
  )
}

function assertIconType(mimeType: string): void {
  if (ICON_MEDIA_TYPES.includes(mimeType)) return
  const near =
    mimeType === "image/jpg" ? "image/jpeg" : ICON_MEDIA_TYPES.find((type) => type.startsWith(mimeType))
  const known = ICON_MEDIA_TYPES.map((type) => `\`${type}\``).join(", ")
  const fix = near === undefined || mimeType === "" ? `Use one of ${known}.` : `Use \`${near}\`.`
  throw new InvalidIcon(`\`${shorten(mimeType)}\` is not a type that icons may have`, fix)
}

function checkSizes(sizes: string | readonly string[]): readonly string[] {
  const list: readonly unknown[] = typeof sizes === "string" ? [sizes] : sizes
  if (!Array.isArray(list) || list.length > 32) {
    throw new InvalidIcon("`sizes` is not a list of at most 32", 'Use `["48x48"]` or `["any"]`.')
  }
  const odd = list.find(
    (size) => typeof size !== "string" || !/^(?:any|[1-9]\d{0,4}x[1-9]\d{0,4})$/.test(size),
  )
  if (odd !== undefined) {
    throw new InvalidIcon(
      `\`${shorten(String(odd))}\` is not a size`,
      'Use width x height, as `"48x48"`, or `"any"`.',
    )
  }
  return Object.freeze([...list])
}

function checkTheme(theme: unknown): "light" | "dark" | undefined {
  if (theme === undefined || theme === "light" || theme === "dark") return theme
  throw new InvalidIcon(`\`${shorten(String(theme))}\` is not a theme`, 'Use `"light"`, `"dark"` or none.')
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}
