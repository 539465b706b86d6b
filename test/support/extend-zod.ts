// Schemas can be named in the API's document only if they were made after this was imported, and files that share a process may make some before.
import '@hono/zod-openapi'
