import { describe, expect, it } from 'vitest';
import { entityNamed } from '../metadata/entity-catalogue.js';
import {
  CLOUDCOCKPIT_LEVEL,
  FULL_ACCESS_LEVEL,
  NO_CONTRACT_VISIBILITY_LEVEL,
} from '../world/security-level.js';
import type { ApiUser } from '../world/simulator-world.js';
import { accessOf, requireAccess, visibleTo } from './permissions.js';

function userWith(securityLevel: ApiUser['securityLevel']): ApiUser {
  return {
    userName: 'api@example.example',
    secret: 'demo',
    integrationCode: 'code',
    securityLevel,
    resourceID: 7,
    isActive: true,
    isLocked: false,
    failedSignIns: 0,
  };
}

describe('permissions', () => {
  const tickets = entityNamed('Tickets');

  it('grants everything a full level and the entity allow', () => {
    expect(accessOf(FULL_ACCESS_LEVEL, tickets, 'create')).toBe('All');
    expect(accessOf(FULL_ACCESS_LEVEL, tickets, 'delete')).toBe('None');
    expect(accessOf(FULL_ACCESS_LEVEL, entityNamed('ContractServiceAdjustments'), 'query')).toBe('None');
  });

  it('refuses with the text seen live what the level does not grant', () => {
    expect(() => requireAccess(userWith(CLOUDCOCKPIT_LEVEL), tickets, 'query')).toThrow(
      /^The logged in Resource does not have the adequate permissions/,
    );
  });

  it('shows no rows of entities the level hides', () => {
    const isVisible = visibleTo(userWith(NO_CONTRACT_VISIBILITY_LEVEL), entityNamed('Contracts'));
    expect(isVisible({ id: 1 })).toBe(false);
  });

  it('limits restricted rights to own records', () => {
    const user = userWith({
      ...FULL_ACCESS_LEVEL,
      rights: { Opportunities: { query: 'Restricted', update: 'Restricted' } },
    });
    const opportunities = entityNamed('Opportunities');
    const isVisible = visibleTo(user, opportunities);
    expect([isVisible({ id: 1, ownerResourceID: 7 }), isVisible({ id: 2, ownerResourceID: 8 })]).toEqual([
      true,
      false,
    ]);
    expect(() => requireAccess(user, opportunities, 'update', { id: 2, ownerResourceID: 8 })).toThrow(
      /permissions/,
    );
  });
});
