/**
 * Hashes a text to 53 bits, in base 36. For telling texts apart, not for security: whoever chooses the
 * texts can make two collide.
 *
 * @param start Where to begin: a piece that was cut off is slower to read.
 */
export function textHash(text: string, start = 0): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let i = start; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36)
}
