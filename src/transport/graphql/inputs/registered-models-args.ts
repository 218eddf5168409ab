import { ArgsType, Field } from 'type-graphql';
import { PageArgs } from './page-args.ts';
import { RegisteredModelFilter } from './registered-model-filter.ts';

@ArgsType()
export class RegisteredModelsArgs extends PageArgs {
  @Field(() => RegisteredModelFilter, {
    nullable: true,
    description: 'Which ones; all when left out.',
  })
  readonly filter?: RegisteredModelFilter | null;
}
