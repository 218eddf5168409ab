/** Largest body of a request to /graphql, in bytes. */
export const BODY_BYTES_MAX = 1024 * 1024;
/** Longest GraphQL document, in characters. */
export const DOCUMENT_LENGTH_MAX = 64 * 1024;
/** Most tokens of a document. */
export const DOCUMENT_TOKENS_MAX = 8_000;
/** Most brackets within each other, of whatever kind: readers call themselves for each. */
export const BRACKETS_DEEP_MAX = 100;
/** Most directives in a document. */
export const DIRECTIVES_MAX = 200;
/** Most operations in a document; clients with an editor send the whole of it. */
export const OPERATIONS_MAX = 50;
/** Most fragments with a name in a document: checking that they agree is quadratic. */
export const FRAGMENTS_MAX = 100;
/** Most variables that the operations of a document declare. */
export const VARIABLES_MAX = 200;
/** Most values within the variables of a request, those within others counted too. */
export const VARIABLE_VALUES_MAX = 40_000;
/** Most values that one list within the variables holds. */
export const VARIABLE_LIST_MAX = 10_000;
/** Errors after which validation tells no more of them: each takes as long as it takes to tell. */
export const VALIDATION_ERRORS_MAX = 20;
/** Most levels of fields within each other. */
export const DEPTH_MAX = 12;
/** The same for what is asked of the schema itself, where types stand within types. */
export const INTROSPECTION_DEPTH_MAX = 24;
/** Most lists of a type's parts within each other; with two, types times types are told. */
export const INTROSPECTION_LISTS_MAX = 1;
/** Most times that the schema as a whole may be asked for in an operation. */
export const SCHEMAS_MAX = 1;
/** Most types that an operation may ask for by their names. */
export const TYPES_BY_NAME_MAX = 20;
/** Most aliases in a document. */
export const ALIASES_MAX = 100;
/** Most fields of a document, those of a fragment as often as it is spread. */
export const DOCUMENT_FIELDS_MAX = 5_000;
/** Most pairs of fields of one name at one place: each pair is checked for whether it agrees. */
export const SAME_NAME_PAIRS_MAX = 2_000;
/** Most fields that an answer is taken to have, lists counted by what is asked of them. */
export const COMPLEXITY_MAX = 50_000;
/** Most ids that one question may name. */
export const IDS_MAX = 500;
/** Most references that a router may ask for at once: as many as the largest page has nodes. */
export const REFERENCES_MAX = 1_000;
/** Longest text to search names for, in characters: as long as a name may be. */
export const SEARCH_TEXT_LENGTH_MAX = 512;
