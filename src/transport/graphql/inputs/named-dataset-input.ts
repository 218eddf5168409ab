import { Field, InputType } from 'type-graphql';
import { NAMED_ENDS_MAX } from '../../../commands/record-lineage.ts';
import { Digest } from '../scalars/digest.ts';

@InputType('NamedDatasetInput', {
  description:
    'One content of a dataset as its store names it. Who writes to the run may name it, whoever ' +
    'owns the namespace; it is made bare where it is not there, and the answer does not tell. ' +
    `One request names at most ${NAMED_ENDS_MAX}.`,
})
export class NamedDatasetInput {
  @Field(() => String, { description: 'The store, for example "s3://lake" (OpenLineage).' })
  readonly namespace!: string;

  @Field(() => String, { description: 'The name within it: a path, a key, a table.' })
  readonly name!: string;

  @Field(() => Digest, { description: 'Digest of the content, or of its manifest.' })
  readonly digest!: `sha256:${string}`;
}
