/** A mistake that somebody could make, and the test that must notice it. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Text that stands in the file exactly once, and what it becomes. */
  readonly from: string;
  readonly to: string;
  /** Test file and part of a test's name; that test must fail. */
  readonly test: string;
  readonly title: string;
}

export const MUTATIONS: readonly Mutation[] = [];
