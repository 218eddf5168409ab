import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Digest } from '../scalars/digest.ts';

@ObjectType('ContainerImage', {
  simpleResolvers: true,
  description: 'The container image that a run ran in.',
})
export class ContainerImage {
  @Field(() => String, { description: 'Its name, with its tag where one was told.' })
  readonly name!: string;

  @Field(() => Digest, { nullable: true, description: 'Its digest; null when none was told.' })
  readonly digest!: string | null;
}

@ObjectType('Accelerator', {
  simpleResolvers: true,
  description: 'Accelerators of one make in a machine.',
})
export class Accelerator {
  @Field(() => String, { description: 'What it is called, for example "NVIDIA H100".' })
  readonly name!: string;

  @Field(() => String, { nullable: true, description: 'Its architecture.' })
  readonly architecture!: string | null;

  @Field(() => Float, { nullable: true, description: 'Memory of each, in bytes.' })
  readonly memoryBytes!: number | null;

  @Field(() => Int, { description: 'How many there were.' })
  readonly count!: number;
}

@ObjectType('InstalledPackage', {
  simpleResolvers: true,
  description: 'A package as it was installed where a run ran.',
})
export class InstalledPackage {
  @Field(() => String, { description: 'Its name, normalised as PEP 503 says.' })
  readonly name!: string;

  @Field(() => String, { description: 'Its version.' })
  readonly version!: string;
}

@ObjectType('RunEnvironment', {
  simpleResolvers: true,
  description: 'The machine that a run ran on and what was installed there. Null: not told.',
})
export class RunEnvironment {
  @Field(() => String, { nullable: true, description: 'The operating system.' })
  readonly os!: string | null;

  @Field(() => String, { nullable: true, description: 'Implementation and version of Python.' })
  readonly python!: string | null;

  @Field(() => String, { nullable: true, description: 'The model of the processor.' })
  readonly cpu!: string | null;

  @Field(() => Int, { nullable: true, description: 'Physical cores.' })
  readonly cpuCores!: number | null;

  @Field(() => Int, { nullable: true, description: 'Logical cores.' })
  readonly cpuThreads!: number | null;

  @Field(() => Float, { nullable: true, description: 'Main memory, in bytes.' })
  readonly memoryBytes!: number | null;

  @Field(() => [Accelerator], { description: 'GPUs and the like: 64 makes at most.' })
  readonly accelerators!: readonly Accelerator[];

  @Field(() => String, { nullable: true, description: 'Version of CUDA.' })
  readonly cuda!: string | null;

  @Field(() => ContainerImage, { nullable: true, description: 'The image of its container.' })
  readonly image!: ContainerImage | null;

  @Field(() => Digest, {
    nullable: true,
    description:
      'Equal for equal packages: SHA-256 of the lines "name==version", sorted, names normalised ' +
      'as PEP 503 says. Null when no list is on record.',
  })
  readonly packagesDigest!: string | null;

  @Field(() => Int, { nullable: true, description: 'How many packages the list holds.' })
  readonly packageCount!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Lines of what the client sent that name no package with a version.',
  })
  readonly packagesOmitted!: number | null;
}
