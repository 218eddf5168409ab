import { type Config, ConfigError, readConfig } from './config.ts';
import { checkFolder, checkKeys } from './doctor/check-folder.ts';
import { checkClock, checkDisk, checkNode } from './doctor/check-machine.ts';
import { checkPort } from './doctor/check-port.ts';
import {
  checkGraph,
  checkObjects,
  checkOperational,
  checkQueue,
  checkTelemetry,
} from './doctor/check-stores.ts';
import { type Finding, isFine, right, wrong } from './doctor/finding.ts';
import { readPolicies } from './read-policies.ts';
import { VERSION } from './version.ts';

const MEND_CONFIG = 'docs/CONFIGURATION.md lists the settings';

/** Checks what an installation needs, and prints a line for each; 1 when something is wrong. */
export async function runDoctor(format: 'json' | 'text'): Promise<number> {
  const findings = await examine();
  if (format === 'json') console.log(JSON.stringify({ version: VERSION, findings }));
  else for (const line of report(findings)) console.log(line);
  return findings.every(isFine) ? 0 : 1;
}

async function examine(): Promise<Finding[]> {
  const node = checkNode();
  const read = readSettings();
  if (read.config === null) return [node, ...read.findings];
  const { config } = read;
  const first = [node, ...read.findings, await checkPort(config)];
  const folder = await checkFolder(config.dataDir);
  if (!isFine(folder)) return [...first, checkClock(null), folder];
  const { finding: graph, lastRecordedAt } = await checkGraph(config);
  return [
    ...first,
    checkClock(lastRecordedAt),
    folder,
    await checkDisk(config.dataDir),
    await checkKeys(config.dataDir),
    graph,
    await checkOperational(config),
    await checkQueue(config),
    await checkObjects(config),
    await checkTelemetry(config),
  ];
}

interface Settings {
  readonly config: Config | null;
  readonly findings: readonly Finding[];
}

function readSettings(): Settings {
  try {
    const config = readConfig();
    readPolicies(config.policiesDir);
    const says = `organization ${config.org}, data in ${config.dataDir}`;
    return { config, findings: [right('configuration', says)] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.faults.map((fault) => wrong('configuration', fault, MEND_CONFIG));
    return { config: null, findings };
  }
}

function report(findings: readonly Finding[]): string[] {
  const count = findings.filter((each) => !isFine(each)).length;
  const sum = count === 0 ? 'Nothing is wrong.' : `${count} to mend.`;
  return [...findings.map(lineOf), sum];
}

function lineOf(finding: Finding): string {
  const { check, says, mend } = finding;
  if (isFine(finding)) return `ok    ${check}: ${says}`;
  return `WRONG ${check}: ${says}\n      mend: ${mend}`;
}
