import { Field, InputType } from 'type-graphql';

@InputType('CodeRevisionInput', { description: 'The code that a run executes.' })
export class CodeRevisionInput {
  @Field(() => String, { nullable: true, description: 'Address of the repository.' })
  readonly repository?: string | null;

  @Field(() => String, { nullable: true, description: 'Id of the commit.' })
  readonly commit?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True when files differ from the commit.' })
  readonly dirty?: boolean | null;
}
