import type { CopyProgress } from '../ledger/copy-log.ts';

const CELLS = 30;
/** Without a terminal, a line each so many parts of the whole. */
const LINES = 10;

const WHAT: Readonly<Record<CopyProgress['stage'], string>> = {
  comparing: 'comparing what is there',
  copying: 'copying',
  digests: 'comparing the graphs',
};

export interface ProgressShown {
  tell(progress: CopyProgress): void;
  end(): void;
}

/** A bar that grows in place on a terminal, and lines where there is none. */
export function showProgress(
  out: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean },
): ProgressShown {
  let told = '';
  return {
    tell: ({ stage, done, of }) => {
      const part = of === 0 ? 1 : done / of;
      const text = `${WHAT[stage]} ${done} of ${of} facts`;
      if (out.isTTY) {
        const full = Math.round(part * CELLS);
        out.write(`\r[${'#'.repeat(full)}${' '.repeat(CELLS - full)}] ${text}\u001b[K`);
        told = text;
        return;
      }
      const line = `${stage} ${Math.floor(part * LINES)}`;
      if (line === told) return;
      told = line;
      out.write(`${text}\n`);
    },
    end: () => {
      if (out.isTTY && told !== '') out.write('\n');
    },
  };
}
