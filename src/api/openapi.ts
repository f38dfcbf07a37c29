/** Describes the API as OpenAPI 3.1, from the declarations that the server runs. What is not declared does not exist. */
import type { Method, Route } from './route.ts'

type Json = Record<string, unknown>
/** Schemas with a `title` stand once, under that name; everything that holds them refers to them. */
type Named = Map<string, Json>

/** What a caller may leave to this server or name themselves. */
const SERVERS = [
  { url: '/api/v1', description: 'The current address.' },
  { url: '/v1', description: 'The older address; the same calls.' },
]

const SECURITY = {
  key: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Api-Key',
    description: 'Also as `api_key` in query or body.',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'The same key.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'segue_session',
    description: 'The page, after signing in.',
  },
}

export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {}
  const named: Named = new Map()
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    const methods = [route.method].flat()
    for (const method of methods)
      paths[path][method.toLowerCase()] = operation(route, { method, methods, named })
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Segue',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        "Sequences of sales outreach, in the dialect of Apollo's API. What is tagged `extension` is Segue's own. Parameters of any call may come in the query string, as JSON or as a form; arrays also as `name[]`, objects as `name[key]`, numbers and booleans also as text. Unknown parameters are ignored and named in the extra key `warnings`.",
    },
    servers: SERVERS,
    tags: [{ name: 'extension', description: "Not in the original API: Segue's own." }],
    security: Object.keys(SECURITY).map((name) => ({ [name]: [] })),
    paths,
    components: {
      securitySchemes: SECURITY,
      schemas: { Error: ERROR, ...Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))) },
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY },
      responses: RESPONSES,
    },
  }
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Extension. A name for this call, up to 255 characters. For 24 hours the same name answers with what was answered first (`idempotency-replayed: true`), refusals included; 409 while the first call is under way or when it broke off, 422 when the name stood for another request.',
  schema: { type: 'string', maxLength: 255 },
}

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: { type: 'string', description: 'A sentence that names the thing, the value and the way out.' },
    parameter: { type: 'string', description: 'Which parameter it is about.' },
  },
  additionalProperties: true,
}

const refusal = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
})
const RESPONSES = {
  Unauthorized: {
    description: 'No key, or a wrong one.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  },
  Forbidden: refusal('The key may not do this.'),
  NotFound: refusal('There is no such thing, or it is another team’s.'),
  Unprocessable: refusal('A parameter is wrong, or the state of things forbids it.'),
}

interface Place {
  method: Method
  methods: readonly Method[]
  named: Named
}

function operation(route: Route, { method, methods, named }: Place): Json {
  const tag = route.name.split('/')[0]!
  const upload = route.upload === true
  const inBody = method !== 'GET' && method !== 'DELETE' && !upload
  const schema = plain(route.input, named)
  const properties = (schema['properties'] ?? {}) as Record<string, Json>
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]!)
  const others = Object.fromEntries(Object.entries(properties).filter(([name]) => !inPath.includes(name)))
  const required = ((schema['required'] ?? []) as string[]).filter((name) => !inPath.includes(name))
  return {
    operationId: operationId(route, method, methods),
    summary: route.summary,
    ...(route.description && { description: route.description }),
    tags: [tag, ...(route.extension ? ['extension'] : [])],
    ...(route.extension && { 'x-extension': true }),
    'x-scope': `api/v1/${route.name}`,
    ...(route.open && { security: [] }),
    parameters: [
      ...inPath.map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: properties[name] ?? { type: 'string' },
      })),
      ...(inBody ? [] : Object.entries(others).map(([name, of]) => queryParameter(name, of, required))),
      ...(method === 'GET' || route.open ? [] : [{ $ref: '#/components/parameters/IdempotencyKey' }]),
    ],
    ...bodyOf({ upload, inBody, others, required }),
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: plain(route.output, named) } } },
      ...(!route.open && {
        401: { $ref: '#/components/responses/Unauthorized' },
        403: { $ref: '#/components/responses/Forbidden' },
      }),
      ...(inPath.length > 0 && { 404: { $ref: '#/components/responses/NotFound' } }),
      422: { $ref: '#/components/responses/Unprocessable' },
    },
  }
}

/** `emailer_campaigns_add_contact_ids`; with the method where one route answers to several. */
function operationId({ name }: Route, method: Method, methods: readonly Method[]): string {
  const id = name.replaceAll('/', '_')
  return method === methods.at(-1) ? id : `${id}_by_${method.toLowerCase()}`
}

function queryParameter(name: string, schema: Json, required: readonly string[]): Json {
  const array = schema['type'] === 'array'
  return { name: array ? `${name}[]` : name, in: 'query', required: required.includes(name), schema }
}

function bodyOf(o: {
  upload: boolean
  inBody: boolean
  others: Record<string, Json>
  required: string[]
}): Json {
  if (o.upload)
    return {
      requestBody: {
        required: true,
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    }
  if (!o.inBody || Object.keys(o.others).length === 0) return {}
  const schema = {
    type: 'object',
    ...(o.required.length > 0 && { required: o.required }),
    properties: o.others,
  }
  return { requestBody: { required: o.required.length > 0, content: { 'application/json': { schema } } } }
}

/** JSON Schema without the marks that the type builder leaves on it, its named parts referred to. */
function plain(schema: unknown, named: Named): Json {
  return JSON.parse(JSON.stringify(schema), function (this: unknown, _key: string, value: unknown) {
    const title = (value as { title?: unknown } | null)?.title
    if (typeof title !== 'string' || (value as Json)['type'] !== 'object') return value
    const known = named.get(title)
    if (known === undefined) named.set(title, value as Json)
    else if (JSON.stringify(known) !== JSON.stringify(value))
      throw new Error(`Two schemas are titled ${title}. Give each thing one schema, or another title.`)
    return { $ref: `#/components/schemas/${title}` }
  }) as Json
}
