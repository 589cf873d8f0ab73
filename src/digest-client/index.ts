/** `portcullis/digest-client`: a `fetch` that logs in by HTTP Digest. */
export { type DigestFetchOptions, digestFetch } from './digest-fetch.ts'
export { DigestClientError } from './error.ts'
