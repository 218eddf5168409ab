import type { Command } from 'commander';
import { addAuditCommand } from './audit-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addGrantCommands } from './grant-commands.ts';
import { addImpactCommand } from './impact-command.ts';
import { addKeyCommands } from './key-commands.ts';
import { addLineageCommand } from './lineage-command.ts';
import { addPersonCommands } from './person-commands.ts';
import { addSeedCommand } from './seed-command.ts';
import { addServiceCommands } from './service-commands.ts';
import { addTeamCommands } from './team-commands.ts';
import { addWhoamiCommand } from './whoami-command.ts';

/** The commands that talk to a running hub. None of them opens its data folder. */
export function addClientCommands(program: Command): void {
  addWhoamiCommand(program);
  addTeamCommands(program);
  addPersonCommands(program);
  addServiceCommands(program);
  addGrantCommands(program);
  addKeyCommands(program);
  addExplainCommand(program);
  addLineageCommand(program);
  addImpactCommand(program);
  addAuditCommand(program);
  addSeedCommand(program);
}
