/** Checks a text against a format, in time linear in the text. */
export type TestFormat = (text: string) => boolean

/**
 * The formats that decide a verdict, the same in every validator; all others only describe.
 *
 * @see JSON Schema 2020-12 validation §7.3
 */
export const formats: { readonly [name: string]: TestFormat } = {
  "date-time": isDateTime,
  date: isDate,
  time: isTime,
  duration: (text) =>
    /^P(?:\d+W|(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/.test(text),
  email: isEmail,
  hostname: isHostname,
  ipv4: (text) => /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text),
  // The URL parser of the platform knows every way to write an address.
  ipv6: (text) => /^[\da-f:.]{2,45}$/i.test(text) && URL.canParse(`http://[${text}]/`),
  uri: (text) => /^[a-z][a-z\d+.-]*:/i.test(text) && isUriText(text),
  "uri-reference": isUriText,
  uuid: (text) => /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text),
  "json-pointer": (text) => /^(?:\/(?:[^~/]|~[01])*)*$/.test(text),
}

/** RFC 3339 §5.6 `date-time`. */
function isDateTime(text: string): boolean {
  return /^.{10}t/i.test(text) && isDate(text.slice(0, 10)) && isTime(text.slice(11))
}

/** RFC 3339 §5.6 `full-date`. */
function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (parts === null) return false
  const [year, month, day] = parts.slice(1).map(Number)
  if (year === undefined || month === undefined || day === undefined || month < 1 || month > 12) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return day >= 1 && day <= days
}

/** RFC 3339 §5.6 `full-time`; second 60 only where a leap second can be. */
function isTime(text: string): boolean {
  const parts = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|([+-])(\d\d):(\d\d))$/i.exec(text)
  if (parts === null) return false
  const [hour, minute, second, offsetHour, offsetMinute] = [1, 2, 3, 5, 6].map((at) => Number(parts[at] ?? 0))
  if (hour === undefined || minute === undefined || second === undefined) return false
  if (offsetHour === undefined || offsetMinute === undefined) return false
  if (hour > 23 || minute > 59 || offsetHour > 23 || offsetMinute > 59) return false
  if (second < 60) return true
  const offset = (parts[4] === "-" ? 1 : -1) * (offsetHour * 60 + offsetMinute)
  return second === 60 && (hour * 60 + minute + offset + 2 * 1440) % 1440 === 1439
}

/** RFC 5321 §4.1.2 without quoted names and address literals. */
function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@")
  if (at < 1 || at > 64) return false
  const atoms = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
  return atoms.test(text.slice(0, at)) && isHostname(text.slice(at + 1))
}

/** RFC 1123 §2.1. */
function isHostname(text: string): boolean {
  if (text.length === 0 || text.length > 253) return false
  return text.split(".").every((label) => /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i.test(label))
}

/** RFC 3986: its characters, whole percent-encodings and one fragment at most. */
function isUriText(text: string): boolean {
  return /^(?:[\w!$&'()*+,./:;=?@[\]~-]|%[\da-f]{2})*(?:#(?:[\w!$&'()*+,./:;=?@~-]|%[\da-f]{2})*)?$/i.test(
    text,
  )
}
