/** Largest body of a request to /graphql, in bytes. */
export const BODY_BYTES_MAX = 1024 * 1024;
/** Longest GraphQL document, in characters. */
export const DOCUMENT_LENGTH_MAX = 64 * 1024;
/** Most tokens of a document. */
export const DOCUMENT_TOKENS_MAX = 8_000;
/** Most levels of fields within each other. */
export const DEPTH_MAX = 12;
/** The same for what is asked of the schema itself, where types stand within types. */
export const INTROSPECTION_DEPTH_MAX = 24;
/** Most aliases in a document. */
export const ALIASES_MAX = 100;
/** Most fields of a document, those of a fragment as often as it is spread. */
export const DOCUMENT_FIELDS_MAX = 5_000;
/** Most times that one name may stand in a document: checking that they agree is quadratic. */
export const SAME_NAME_MAX = 1_000;
/** Most fields that an answer is taken to have, lists counted by what is asked of them. */
export const COMPLEXITY_MAX = 50_000;
/** Most ids that one question may name. */
export const IDS_MAX = 500;
/** Most references that a router may ask for at once: as many as the largest page has nodes. */
export const REFERENCES_MAX = 1_000;
