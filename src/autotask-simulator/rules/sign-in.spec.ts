import { beforeEach, describe, expect, it } from 'vitest';
import { FULL_ACCESS_LEVEL } from '../world/security-level.js';
import { type ApiUser, AutotaskDatabase } from '../world/simulator-world.js';
import { signIn } from './sign-in.js';

const RIGHT = { userName: 'Api@Example.example', secret: 'demo', integrationCode: 'code' };

describe('signIn', () => {
  let database: AutotaskDatabase;
  let user: ApiUser;

  beforeEach(() => {
    database = new AutotaskDatabase({ ci: 1, zoneName: 'Z', zoneNumber: 1, isMultiCurrency: false });
    user = {
      userName: 'api@example.example',
      secret: 'demo',
      integrationCode: 'code',
      securityLevel: FULL_ACCESS_LEVEL,
      resourceID: 1,
      isActive: true,
      isLocked: false,
      failedSignIns: 0,
    };
    database.users.push(user);
  });

  it('accepts the right credentials whatever the casing of the user name', () => {
    expect(signIn([database], RIGHT)).toMatchObject({ outcome: 'accepted', user });
  });

  it('tells a wrong integration code from a wrong secret', () => {
    expect(signIn([database], { ...RIGHT, integrationCode: 'x' }).outcome).toBe('integrationCodeRejected');
    expect(signIn([database], { ...RIGHT, secret: 'x' }).outcome).toBe('rejected');
    expect(signIn([database], { ...RIGHT, integrationCode: '' }).outcome).toBe('rejected');
    expect(signIn([database], { ...RIGHT, userName: 'nobody' }).outcome).toBe('rejected');
  });

  it('locks the user at the fifth failure, and then refuses the right secret too', () => {
    for (let failure = 0; failure < 4; failure += 1) signIn([database], { ...RIGHT, secret: 'x' });
    expect(user.isLocked).toBe(false);
    signIn([database], { ...RIGHT, secret: 'x' });
    expect(user.isLocked).toBe(true);
    expect(signIn([database], RIGHT).outcome).toBe('rejected');
  });

  it('starts counting again after a success', () => {
    for (let failure = 0; failure < 4; failure += 1) signIn([database], { ...RIGHT, secret: 'x' });
    signIn([database], RIGHT);
    expect(user.failedSignIns).toBe(0);
  });

  it('refuses an inactive user like a wrong secret', () => {
    user.isActive = false;
    expect(signIn([database], RIGHT).outcome).toBe('rejected');
  });
});
