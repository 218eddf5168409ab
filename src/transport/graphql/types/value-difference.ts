import { Field, ObjectType } from 'type-graphql';
import { ComparedChange } from '../enums/compared-change.ts';
import { ValueOrigin } from '../enums/value-origin.ts';
import { JsonScalar } from '../scalars/json.ts';

@ObjectType('ValueDifference', {
  simpleResolvers: true,
  description: 'A value that differs between two compared things, or that one of them lacks.',
})
export class ValueDifference {
  @Field(() => String, { description: 'Where it stands: a JSON pointer (RFC 6901).' })
  readonly path!: string;

  @Field(() => ComparedChange, { description: 'How the second differs from the first.' })
  readonly change!: keyof typeof ComparedChange;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The value of the first; null where it is null or, as `change` tells, missing.',
  })
  readonly a!: unknown;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The value of the second; null where it is null or, as `change` tells, missing.',
  })
  readonly b!: unknown;

  @Field(() => ValueOrigin, {
    nullable: true,
    description:
      'Of a config: whether the first left the value to its default. Null where it states no ' +
      'defaults, or has no value there.',
  })
  readonly aOrigin!: keyof typeof ValueOrigin | null;

  @Field(() => ValueOrigin, {
    nullable: true,
    description:
      'Of a config: whether the second left the value to its default. Null where it states no ' +
      'defaults, or has no value there.',
  })
  readonly bOrigin!: keyof typeof ValueOrigin | null;
}
