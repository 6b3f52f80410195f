import { InvalidIcon } from "../errors/components.ts"
import { decodeBase64 } from "../shared/base64.ts"
import type { Icon } from "../spec/index.ts"
import { sniffMediaType } from "./content-media.ts"
import { checkUrl, keepIcon, shorten } from "./icon-fields.ts"
import { assertSafeSvg } from "./icon-svg.ts"

/** What an icon may say besides where it is. */
export interface IconOptions {
  /** `image/` and `png`, `jpeg`, `webp`, `gif`, `avif` or `svg+xml`. Default: that of the data URI; none for a URL. */
  readonly mimeType?: string
  /** `48x48` in pixels, or `any` for a format that scales; one or several. */
  readonly sizes?: string | readonly string[]
  /** The background the icon is made for. Default: any. */
  readonly theme?: "light" | "dark"
}

/** What icons may be. */
const ICON_MEDIA_TYPES: readonly string[] = [
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "image/avif",
  "image/svg+xml",
]

/** The heaviest icon that a data URI may hold, in decoded bytes: lists send it again and again. */
export const MAX_ICON_BYTES: number = 64 * 1024

/**
 * Makes an icon of an `https:` URL or a base64 `data:` URI.
 *
 * @param source the URL; a data URI holds 64 KiB at most
 * @param options `mimeType`, `sizes` and `theme`. Default: the type of the data URI, and nothing of the others.
 * @throws {InvalidIcon} FLEET-24: another scheme, no base64, bytes of another type, too large, or an unsafe SVG
 * @see S28/basic/index#icons
 * @example
 * new FleetMCP("Demo", { icons: [icon("https://example.com/icon.png", { sizes: "48x48", theme: "dark" })] })
 */
export function icon(source: string | URL, options: IconOptions = {}): Icon {
  const src = String(source)
  if (src.startsWith("data:")) return makeIcon(src, options, checkDataUri(src))
  checkUrl(src)
  return makeIcon(src, options)
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

/**
 * Makes an icon whose source was looked at.
 *
 * @param found The media type that its bytes have; `undefined` for a URL.
 * @throws {InvalidIcon} FLEET-24: `mimeType`, `sizes` or `theme` is none, or differs from what was found
 */
function makeIcon(src: string, options: IconOptions, found?: string): Icon {
  const mimeType = checkMediaType(options.mimeType, found)
  const sizes = options.sizes === undefined ? undefined : checkSizes(options.sizes)
  const theme = checkTheme(options.theme)
  return keepIcon({
    src,
    ...(mimeType === undefined ? undefined : { mimeType }),
    ...(sizes === undefined ? undefined : { sizes }),
    ...(theme === undefined ? undefined : { theme }),
  })
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
