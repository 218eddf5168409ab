import { organizationCreated } from '../domain/audit/facts/hub.ts';
import { type Command, type CommandInput, fact } from '../ledger/command.ts';

/** The first fact of a log. The caller makes sure that the log is empty. */
export const createOrganization: Command<CommandInput> = {
  operation: 'createOrganization',
  wants: () => ({}),
  requires: () => [{ permission: 'access.manage', place: {} }],
  decide: (_input, { org }) =>
    fact(organizationCreated, {
      data: { name: org },
      projects: [],
      subject: { kind: 'ORGANIZATION', id: org, digest: null },
    }),
};
