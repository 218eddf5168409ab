import type { BodyLimits } from '../http/request-body.ts';

const MIB = 1024 * 1024;

/** Of a GraphQL request. The SDK's longest name 2,000 files, or hold the metadata of a version. */
export const GRAPHQL_BODY: BodyLimits = {
  sentBytesMax: 8 * MIB,
  inflatedBytesMax: 8 * MIB,
  valuesMax: 100_000,
};

/** Of a request of file_stream. The SDK sends about 10 MiB at once; each line is a value. */
export const STREAM_BODY: BodyLimits = {
  sentBytesMax: 16 * MIB,
  inflatedBytesMax: 32 * MIB,
  valuesMax: 1_000_000,
};
