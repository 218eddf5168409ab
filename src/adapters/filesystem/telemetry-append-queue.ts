import { type EncodedRecord, GROUP_BYTES_MAX } from './telemetry-format.ts';
import type { LogState } from './telemetry-known-log.ts';

interface Waiting {
  readonly records: readonly EncodedRecord[];
  taken: number;
  readonly resolve: (state: LogState) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes one group, durably, and answers what the log is then. */
type WriteGroup = (records: readonly EncodedRecord[]) => Promise<LogState>;

/** Gathers records of calls that come while a group is written: they share the next one. */
export class TelemetryAppendQueue {
  readonly #write: WriteGroup;
  #waiting: Waiting[] = [];
  #pumping = false;

  constructor(write: WriteGroup) {
    this.#write = write;
  }

  append(records: readonly EncodedRecord[]): Promise<LogState> {
    const appended = new Promise<LogState>((resolve, reject) => {
      this.#waiting.push({ records, taken: 0, resolve, reject });
    });
    if (!this.#pumping) void this.#pump();
    return appended;
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    while (this.#waiting.length > 0) {
      const { records, from } = this.#nextGroup();
      try {
        const state = await this.#write(records);
        for (const each of from) if (each.taken === each.records.length) each.resolve(state);
      } catch (error) {
        for (const each of from) each.reject(error);
        // A call that was begun in this group must not go on in the next.
        if (from.includes(this.#waiting[0]!)) this.#waiting.shift();
      }
    }
    this.#pumping = false;
  }

  /** Takes records in the order of their calls; a long call may need several groups. */
  #nextGroup(): { readonly records: EncodedRecord[]; readonly from: Waiting[] } {
    const records: EncodedRecord[] = [];
    const from: Waiting[] = [];
    let bytes = 0;
    for (const call of this.#waiting) {
      if (bytes >= GROUP_BYTES_MAX) break;
      from.push(call);
      for (; call.taken < call.records.length && bytes < GROUP_BYTES_MAX; call.taken += 1) {
        const record = call.records[call.taken]!;
        records.push(record);
        bytes += record.bytes.byteLength;
      }
    }
    const begun = from.at(-1);
    const unfinished = begun !== undefined && begun.taken < begun.records.length ? 1 : 0;
    this.#waiting = this.#waiting.slice(from.length - unfinished);
    return { records, from };
  }
}
