import { describe, expect, it } from 'vitest';
import { isAllowed, productionLicences } from '../../.ci/licences.mjs';
import { readAudit } from '../../.ci/vulnerabilities.mjs';

describe('licences of production packages', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND GPL-3.0-only', false],
    ['AGPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE.txt', false],
    ['none stated', false],
  ])('%s is allowed: %s', (expression, expected) => {
    expect(isAllowed(expression)).toBe(expected);
  });

  it('are looked at for what reaches production, wherever it is nested', () => {
    const lock = {
      packages: {
        '': { license: 'MIT' },
        'node_modules/tool': { version: '1.0.0', license: 'GPL-3.0-only', dev: true },
        'node_modules/a/node_modules/@b/c': { version: '2.0.0', license: 'GPL-3.0-only' },
        'node_modules/d': { version: '3.0.0' },
      },
    };
    expect(productionLicences(lock)).toEqual([
      { name: '@b/c', version: '2.0.0', licence: 'GPL-3.0-only', isAllowed: false },
      { name: 'd', version: '3.0.0', licence: 'none stated', isAllowed: false },
    ]);
  });
});

describe('known vulnerabilities of production packages', () => {
  const advisory = {
    source: 1,
    title: 'Prototype pollution',
    severity: 'high',
    url: 'https://github.com/advisories/GHSA-1',
  };
  const report = JSON.stringify({
    vulnerabilities: {
      inner: { name: 'inner', via: [advisory] },
      outer: { name: 'outer', via: ['inner'] },
    },
  });

  it('are named once each', () => {
    expect(readAudit(report)).toEqual({
      found: ['inner: Prototype pollution (high) https://github.com/advisories/GHSA-1'],
    });
  });

  it('are left out when accepted by id', () => {
    expect(readAudit(report, { 'GHSA-1': 'only in tests' })).toEqual({ found: [] });
  });

  it.each([
    ['', 'npm gave no report'],
    ['{"message":"405 Method Not Allowed","error":{"summary":""}}', '405 Method Not Allowed'],
    ['{"error":{"summary":"connect ECONNREFUSED"}}', 'connect ECONNREFUSED'],
  ])('are said to be unknown where the registry answers %j', (output, unavailable) => {
    expect(readAudit(output)).toEqual({ unavailable });
  });
});
