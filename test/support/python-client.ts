import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
/** Where a local run makes its Python; the CI run names its own. */
const LOCAL_PYTHON = join(ROOT, '.ci', 'venv', 'bin', 'python');
/** How long a script may take, in milliseconds. */
const SCRIPT_MS_MAX = 120_000;

/**
 * The Python with the clients' libraries. Without it a test is skipped and says why; where
 * everything must be provisioned, it fails.
 */
export function requirePython(context: TestContext): string {
  const python = process.env.LEDGERLINE_TEST_PYTHON ?? LOCAL_PYTHON;
  if (existsSync(python)) return python;
  const reason = `not provisioned: no Python at ${python}; set LEDGERLINE_TEST_PYTHON`;
  if (process.env.CI === 'true') throw new Error(reason);
  return context.skip(reason);
}

export interface ScriptOptions {
  readonly python: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The folder that it works in. */
  readonly cwd: string;
  readonly args?: readonly string[];
}

export interface ScriptResult {
  readonly exitCode: number | null;
  /** Lines that are JSON objects, parsed. */
  readonly reports: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly output: string;
}

/** A script under way. It reports by lines of JSON and may wait for a line of ours. */
export class PythonScript {
  readonly #child: ChildProcess;
  readonly #reports: Record<string, unknown>[] = [];
  readonly #waiting: (() => void)[] = [];
  #output = '';

  constructor({ python, script, environment, cwd, args = [] }: ScriptOptions) {
    this.#child = spawn(python, ['-u', script, ...args], {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: SCRIPT_MS_MAX,
      killSignal: 'SIGKILL',
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#take(line));
    }
    this.#child.once('close', () => this.#wake());
  }

  /** What the script reported of a step; resolves then, and rejects when it ended before. */
  async reached(step: string): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const found = this.#reports.find((report) => report.step === step);
      if (found) return found;
      if (this.#child.exitCode !== null) {
        throw new Error(`the script ended before ${step}:\n${this.#output}`);
      }
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
  }

  /** Lets a script go on that waits for a line. */
  goOn(): void {
    this.#child.stdin?.write('go on\n');
  }

  async ended(): Promise<ScriptResult> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'close');
    }
    const { exitCode } = this.#child;
    return { exitCode, reports: this.#reports, output: this.#output };
  }

  #take(line: string): void {
    this.#output += `${line}\n`;
    if (line.startsWith('{')) this.#reports.push(JSON.parse(line));
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
