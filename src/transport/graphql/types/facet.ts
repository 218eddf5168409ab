import { Field, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars/date-time.ts';
import { Digest } from '../scalars/digest.ts';
import { JsonScalar } from '../scalars/json.ts';

@ObjectType('Facet', {
  simpleResolvers: true,
  description:
    'What pipelines said under one name, in the form of OpenLineage: of several events the latest.',
})
export class Facet {
  @Field(() => String, { description: 'Its name, for example "schema".' })
  readonly name!: string;

  @Field(() => String, { nullable: true, description: 'The program that made it.' })
  readonly producer!: string | null;

  @Field(() => String, { nullable: true, description: 'Address of the schema that it follows.' })
  readonly schemaURL!: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'The facet as it was sent; null where it was taken back, "[erased]" after its sender was ' +
      'erased.',
  })
  readonly body!: unknown;

  @Field(() => DateTime, { description: 'Time of the event that said it.' })
  readonly at!: string;

  @Field(() => Digest, { description: 'SHA-256 of that event as canonical JSON.' })
  readonly event!: string;

  @Field(() => Boolean, { description: 'True where a later event took it back.' })
  readonly isDeleted!: boolean;

  @Field(() => Boolean, {
    description: 'True where it may hold words about people: it goes when its sender is erased.',
  })
  readonly isPersonal!: boolean;

  @Field(() => Boolean, {
    description: 'True where the body leaves out datasets that the viewer may not know of.',
  })
  readonly isRestricted!: boolean;
}
