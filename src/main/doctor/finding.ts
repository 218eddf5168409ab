/** One thing that was looked at. `mend` says what to do when it is not fine. */
export interface Finding {
  readonly check: string;
  readonly fine: 'yes' | 'no';
  readonly says: string;
  readonly mend: string | null;
}

export function right(check: string, says: string): Finding {
  return { check, fine: 'yes', says, mend: null };
}

export function wrong(check: string, says: string, mend: string): Finding {
  return { check, fine: 'no', says, mend };
}

export function isFine({ fine }: Finding): boolean {
  return fine === 'yes';
}

/** What an error says, for a line of a report. */
export function sayingOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
