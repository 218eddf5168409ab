import { registerEnumType } from 'type-graphql';
import type { Role as Granted } from '../../../domain/governance/permissions.ts';

export const Role = {
  VIEWER: 'VIEWER',
  CONTRIBUTOR: 'CONTRIBUTOR',
  APPROVER: 'APPROVER',
  AUDITOR: 'AUDITOR',
  ADMINISTRATOR: 'ADMINISTRATOR',
} as const satisfies Record<Granted, Granted>;

registerEnumType(Role, {
  name: 'Role',
  description: 'What an actor may do within the scope of a grant.',
  valuesConfig: {
    VIEWER: { description: 'May read.' },
    CONTRIBUTOR: { description: 'May read, record runs and versions, and create projects.' },
    APPROVER: { description: 'May read, and decide about approvals.' },
    AUDITOR: { description: 'May read, the audit log of the organization too.' },
    ADMINISTRATOR: { description: 'May manage access, and do what contributors do.' },
  },
});
