import { config } from 'zod'

// Before any schema is made, so it is imported first: zod would try whether it may compile code, which the page's policy forbids and reports.
config({ jitless: true })
