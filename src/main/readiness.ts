import type { JobQueue } from '../ports/job-queue.ts';
import type { Hub } from '../transport/hub.ts';

/** How long a store may take to answer before it counts as away, in milliseconds. */
export const READY_MS_MAX = 3_000;

export type Readiness =
  | { readonly ready: true; readonly facts: number }
  | { readonly ready: false; readonly away: readonly string[] };

export type ReadyParts = Pick<Hub, 'store' | 'operational'> & {
  readonly queue?: Pick<JobQueue, 'counts'> | undefined;
};

/** Asks every store something small, all at once, and names those that do not answer. */
export async function readinessOf({ store, operational, queue }: ReadyParts): Promise<Readiness> {
  let facts = 0;
  const asked: ReadonlyArray<readonly [name: string, question: Promise<unknown>]> = [
    ['the graph store', store.head().then(({ size }) => (facts = size))],
    ['the operational store', operational.get('lease', 'ready')],
    ['the job queue', queue?.counts('consumer') ?? Promise.resolve()],
  ];
  const answers = await Promise.all(
    asked.map(async ([name, question]) => ((await isAnswered(question)) ? [] : [name])),
  );
  const away = answers.flat();
  return away.length === 0 ? { ready: true, facts } : { ready: false, away };
}

async function isAnswered(question: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_MS_MAX);
  });
  const answer = question.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
