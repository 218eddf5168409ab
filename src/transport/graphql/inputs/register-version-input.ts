import { Field, Float, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import type { Value } from '../../../domain/values/value.ts';
import { LineageKind } from '../enums/lineage-kind.ts';
import { DateTime } from '../scalars/date-time.ts';
import { Digest } from '../scalars/digest.ts';
import { JsonScalar } from '../scalars/json.ts';
import { IDEMPOTENCY_KEY, OCCURRED_AT } from './common-fields.ts';
import { FileInput } from './file-input.ts';

@InputType('RegisterVersionInput', {
  description:
    'A version to register, known by its files, by a digest, or by its address alone. The same ' +
    'content under the same name is the same version.',
})
export class RegisterVersionInput {
  @Field(() => String, { description: 'Its project: an id, or "team/project".' })
  readonly project!: string;

  @Field(() => LineageKind, {
    description: 'DATASET, MODEL or ARTIFACT, or the kind of their versions.',
  })
  readonly kind!: LineageKind;

  @Field(() => String, { description: 'Natural name of the collection; made when it is new.' })
  readonly name!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Of a DATASET that its store names: the store, for example "s3://lake" (OpenLineage). The ' +
      'dataset then belongs to the project that owns the namespace, where one does, and what is ' +
      'said of it takes record.write there too.',
  })
  readonly namespace?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The type as the client calls it, for example "tokenizer".',
  })
  readonly type?: string | null;

  @Field(() => [FileInput], { nullable: true, description: 'Its files: the manifest.' })
  readonly files?: readonly FileInput[] | null;

  @Field(() => Digest, {
    nullable: true,
    description: 'Digest of the content; beside files, it must be that of their manifest.',
  })
  readonly digest?: `sha256:${string}` | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Size in bytes of content that is known by its digest or address.',
  })
  readonly sizeBytes?: number | null;

  @Field(() => String, { nullable: true, description: 'Address where the content is.' })
  readonly uri?: string | null;

  @Field(() => JsonScalar, { nullable: true, description: 'What is to be said of it: an object.' })
  readonly metadata?: Value;

  @Field(() => String, {
    nullable: true,
    description: 'What it is. Kept so that it can be erased with its writer.',
  })
  readonly description?: string | null;

  @Field(() => [String], { nullable: true, description: 'Aliases that are to lead to it.' })
  readonly aliases?: readonly string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Names of it in other systems, "scheme:value", at most 32.',
  })
  readonly identifiers?: readonly string[] | null;

  @Field(() => ID, { nullable: true, description: 'The run that made it.' })
  readonly generatedBy?: string | null;

  @Field(() => DateTime, OCCURRED_AT)
  readonly occurredAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}
