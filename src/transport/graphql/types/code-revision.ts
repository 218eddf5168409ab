import { Field, ObjectType } from 'type-graphql';

@ObjectType('CodeRevision', {
  simpleResolvers: true,
  description: 'The code that a run executed.',
})
export class CodeRevision {
  @Field(() => String, { nullable: true, description: 'Address of the repository.' })
  readonly repository!: string | null;

  @Field(() => String, { nullable: true, description: 'Id of the commit.' })
  readonly commit!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True when files differed from the commit; null when that is not known.',
  })
  readonly dirty!: boolean | null;
}
