import { InvalidIcon } from "../errors/components.ts"
import { decodeBase64 } from "../shared/base64.ts"
import type { Icon } from "../spec/index.ts"
import { sniffMediaType } from "./content-media.ts"
import { assertIconType, checkUrl, type IconOptions, makeIcon, shorten } from "./icon-fields.ts"
import { assertSafeSvg } from "./icon-svg.ts"

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
