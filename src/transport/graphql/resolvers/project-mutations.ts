import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { createProject } from '../../../commands/create-project.ts';
import type { GraphContext } from '../graph-context.ts';
import { personalOf } from '../input-values.ts';
import { CreateProjectInput } from '../inputs/create-project-input.ts';
import { CreateProjectPayload } from '../payloads/create-project-payload.ts';
import { submit } from '../submit.ts';

const INPUT = { description: 'The project to create.' };

@Resolver()
export class ProjectMutations {
  @Mutation(() => CreateProjectPayload, {
    description: 'Creates a project. CONFLICT when the team has one of that name.',
  })
  async createProject(
    @Arg('input', () => CreateProjectInput, INPUT) input: CreateProjectInput,
    @Ctx() context: GraphContext,
  ) {
    const { team, name, description, idempotencyKey } = input;
    const personal = personalOf({ description }, context);
    const asked = { team, project: name, ifExists: 'refuse' as const, personal, idempotencyKey };
    const { subject, fact } = await submit(createProject, asked, context);
    return { project: subject, fact };
  }
}
