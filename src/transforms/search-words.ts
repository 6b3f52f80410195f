/** The most words of one text: what has more is no question. */
const mostWords = 400

/** No word that is searched is longer. */
const longestWord = 40

/** Takes a text apart into words: `findUser`, `find_user` and `Find user` are the same two. */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize("NFKD")
    // Accents: who searches may write without them.
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, " ")
  const words: string[] = []
  for (const part of plain.split(/[^\p{L}\p{N}\p{M}]+/u)) {
    if (part === "") continue
    if (words.length >= mostWords) break
    if (isUnspaced(part)) words.push(...pairsOf(part.slice(0, mostWords)))
    else words.push(part.toLowerCase().slice(0, longestWord))
  }
  return words
}

/** Writing without spaces between words: pairs of characters stand for words. */
function isUnspaced(part: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(part)
}

function pairsOf(part: string): string[] {
  const chars = Array.from(part.toLowerCase())
  if (chars.length < 2) return chars
  return chars.slice(1).map((char, index) => `${chars[index]}${char}`)
}
