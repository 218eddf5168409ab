import { Field, InputType } from 'type-graphql';
import type { Value } from '../../../domain/values/value.ts';
import { JsonScalar } from '../scalars/json.ts';
import { CodeRevisionInput } from './code-revision-input.ts';

/** What may be said of a run when it is made and later. */
@InputType()
export abstract class RunDescriptionInput {
  @Field(() => String, { nullable: true, description: 'The name to show; it may change.' })
  readonly displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'The group of runs that it is one of.' })
  readonly group?: string | null;

  @Field(() => String, { nullable: true, description: 'Its part in the group.' })
  readonly jobType?: string | null;

  @Field(() => JsonScalar, { nullable: true, description: 'Its configuration: an object.' })
  readonly config?: Value;

  @Field(() => [String], { nullable: true, description: 'Its tags, at most 256.' })
  readonly tags?: readonly string[] | null;

  @Field(() => JsonScalar, { nullable: true, description: 'Where and how it runs: an object.' })
  readonly environment?: Value;

  @Field(() => CodeRevisionInput, { nullable: true, description: 'The code that it executes.' })
  readonly code?: CodeRevisionInput | null;

  @Field(() => String, {
    nullable: true,
    description: 'Notes. Kept so that they can be erased with their writer.',
  })
  readonly notes?: string | null;
}
