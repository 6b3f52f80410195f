import { ValueTooLarge } from "../errors/storage-backends.ts"
import { toUtf8 } from "../shared/utf8.ts"

/** @throws {ValueTooLarge} The value takes more bytes in UTF-8 than the limit. */
export function assertFits(
  key: string,
  value: string,
  limit: { readonly of: string; readonly bytes: number },
): void {
  // A character takes three bytes at most, so that most values need not be measured.
  if (value.length * 3 <= limit.bytes) return
  const { length } = toUtf8(value)
  if (length > limit.bytes) throw new ValueTooLarge(key, length, limit)
}
