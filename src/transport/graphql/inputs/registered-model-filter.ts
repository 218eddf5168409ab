import { Field, ID, InputType } from 'type-graphql';

@InputType('RegisteredModelFilter', {
  description: 'Which registered models are asked for. Every field narrows further.',
})
export class RegisteredModelFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Part of the name in any case, at least three characters.',
  })
  readonly name?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The project that they live in: its id, or "team/project".',
  })
  readonly project?: string | null;
}
