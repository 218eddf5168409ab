import { registerEnumType } from 'type-graphql';

/** Names are the API's, values are what facts hold. */
export const VersionBytes = { STORED: 'stored', DECLARED: 'declared' } as const;

registerEnumType(VersionBytes, {
  name: 'VersionBytes',
  description: 'Where the bytes of a version are.',
  valuesConfig: {
    STORED: { description: 'The hub holds every byte.' },
    DECLARED: { description: 'The client stated the digests; the bytes are elsewhere.' },
  },
});
