import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { ClientError } from '../client/client-error.ts';
import { plainText } from '../client/plain-text.ts';
import { type Scenario, scenarioFormat } from './scenario-format.ts';
import { faultsOfNames, type ScenarioFault } from './scenario-names.ts';

/** The scenarios that come with the hub. */
export const SCENARIOS_FOLDER = fileURLToPath(new URL('../../../seeds/scenarios', import.meta.url));
/** The one that is played when none is named. */
export const SCENARIO_DEFAULT = 'harbor';
/** Largest file of a scenario, in bytes. */
export const SCENARIO_BYTES_MAX = 1024 * 1024;
const FAULTS_SHOWN_MAX = 20;
const ENDING = '.yaml';

/** Names of the scenarios that come with the hub. */
export function scenarioNames(): string[] {
  const files = readdirSync(SCENARIOS_FOLDER).filter((name) => name.endsWith(ENDING));
  return files.map((name) => basename(name, ENDING)).sort();
}

/** The scenario that a name or the path of a file means. */
export function readScenario(text: string): Scenario {
  if (text.endsWith(ENDING)) return checkScenario(text, readFile(text));
  if (!scenarioNames().includes(text)) {
    throw new ClientError(
      `there is no scenario ${JSON.stringify(text)}; there are: ${scenarioNames().join(', ')}; ` +
        `one of your own is named by its file, which ends in ${ENDING}`,
    );
  }
  const file = join(SCENARIOS_FOLDER, `${text}${ENDING}`);
  return checkScenario(file, readFile(file));
}

function readFile(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > SCENARIO_BYTES_MAX) {
      throw new ClientError(`${file} has ${size} bytes; at most ${SCENARIO_BYTES_MAX} are read`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw new ClientError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Checks the text of a scenario. All faults are told at once, each with its line and column. */
export function checkScenario(file: string, text: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) throw new ScenarioError([`${file}: ${broken.message.split('\n')[0]}`]);
  const checked = scenarioFormat.safeParse(document.toJS());
  const faults = checked.success
    ? faultsOfNames(checked.data)
    : checked.error.issues.map(({ path, message }) => ({ path, message }));
  if (checked.success && faults.length === 0) return checked.data;
  const place = (fault: ScenarioFault) => placeOf(document, lines, fault);
  const told = faults.slice(0, FAULTS_SHOWN_MAX).map((each) => `${file}:${place(each)}`);
  const more = faults.length > told.length ? [`and ${faults.length - told.length} more`] : [];
  throw new ScenarioError([...told, ...more]);
}

/** What is wrong with a scenario, a line a fault, each with its place in the file. */
class ScenarioError extends ClientError {
  constructor(faults: readonly string[]) {
    super('');
    this.message = ['the scenario has faults:', ...faults.map(plainText)].join('\n  ');
  }
}

/** Line, column and words of a fault: those of the nearest part of the document that is there. */
function placeOf(document: Document, lines: LineCounter, { path, message }: ScenarioFault): string {
  const words = path.length === 0 ? '' : `${path.join('.')}: `;
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (!isNode(node) || !node.range) continue;
    const { line, col } = lines.linePos(node.range[0]);
    return `${line}:${col}: ${words}${message}`;
  }
  return `1:1: ${words}${message}`;
}
