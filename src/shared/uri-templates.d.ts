// The package, an oracle of the tests, has no types of its own.
declare module "uri-templates" {
  interface Template {
    fill(values: object): string
    fromUri(uri: string): Record<string, string> | undefined
  }
  export default function uriTemplates(template: string): Template
}
