const types: { readonly [extension: string]: string } = {
  aac: "audio/aac",
  avif: "image/avif",
  bmp: "image/bmp",
  c: "text/x-c",
  css: "text/css",
  csv: "text/csv",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  flac: "audio/flac",
  gif: "image/gif",
  go: "text/x-go",
  gz: "application/gzip",
  htm: "text/html",
  html: "text/html",
  ico: "image/x-icon",
  ics: "text/calendar",
  ini: "text/plain",
  java: "text/x-java",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  jsonl: "application/jsonl",
  log: "text/plain",
  m4a: "audio/mp4",
  md: "text/markdown",
  mjs: "text/javascript",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  ogg: "audio/ogg",
  pdf: "application/pdf",
  png: "image/png",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  py: "text/x-python",
  rs: "text/x-rust",
  sh: "text/x-shellscript",
  sql: "application/sql",
  svg: "image/svg+xml",
  toml: "application/toml",
  ts: "text/x-typescript",
  tsv: "text/tab-separated-values",
  tsx: "text/x-typescript",
  txt: "text/plain",
  wav: "audio/wav",
  webm: "video/webm",
  webp: "image/webp",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  xml: "application/xml",
  yaml: "application/yaml",
  yml: "application/yaml",
  zip: "application/zip",
}

/** Guesses the media type of a file name, path or URI by its extension. */
export function mediaTypeOfPath(path: string): string | undefined {
  const name = path.split(/[?#]/, 1)[0] ?? ""
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase()
  return extension !== undefined && Object.hasOwn(types, extension) ? types[extension] : undefined
}

const textTypes =
  /^(?:text\/|application\/(?:json|jsonl|xml|yaml|toml|sql|javascript)\b|[^/]+\/[^;]+\+(?:json|xml|yaml)\b)/i

/** Tells whether files of a media type are text, and so are sent as text rather than as base64. */
export function isTextType(mimeType: string): boolean {
  return textTypes.test(mimeType)
}
