import { describe, expect, it } from 'vitest';
import { actorOfToken, type ApiTokenRow } from './access-rows.js';

const ROW: ApiTokenRow = {
  id: '5f3b1c52-8d8e-4b0b-9d5c-0d3f7a3f6a01',
  name: 'Nightly job',
  permissions: ['sync:run'],
  tier: 'csp',
  tenant_id: 'default',
  root_tenant_id: 'default',
  created_at: new Date(0),
  created_by: 'Ada',
  expires_at: new Date(1),
  revoked_at: null,
  last_used_at: null,
  maker_id: '5f3b1c52-8d8e-4b0b-9d5c-0d3f7a3f6a02',
};

describe('the actor of an API token', () => {
  it('names the account that made the token as the person behind it', () => {
    const maker = { permissions: ['sync:run'] as const };
    expect(actorOfToken(ROW, maker)).toMatchObject({ id: ROW.id, personId: ROW.maker_id });
  });

  it('names the bootstrap administrator where the bootstrap token made it', () => {
    const actor = actorOfToken({ ...ROW, maker_id: null }, null);
    expect(actor).toMatchObject({ id: ROW.id, personId: 'bootstrap-administrator' });
  });
});
