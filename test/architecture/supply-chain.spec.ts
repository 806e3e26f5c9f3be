import { describe, expect, it } from 'vitest';
import { bundledLicences, isAllowed, productionLicences } from '../../.ci/licences.mjs';
import { noticesOf } from '../../.ci/third-party.mjs';
import { readAudit, shippedPlaces } from '../../.ci/vulnerabilities.mjs';

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

  it('are looked at for what is inside the admin UI', () => {
    const packages = [
      { name: 'ui', version: '1.0.0', identifier: 'GPL-3.0-only', text: 'GPL' },
      { name: 'router', version: '2.0.0', identifier: 'Unlicense' },
    ];
    expect(bundledLicences(packages)).toEqual([
      { name: 'ui', version: '1.0.0', licence: 'GPL-3.0-only', isAllowed: false },
      { name: 'router', version: '2.0.0', licence: 'Unlicense', isAllowed: true },
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
      inner: { name: 'inner', via: [advisory], nodes: ['node_modules/inner'] },
      outer: { name: 'outer', via: ['inner'], nodes: ['node_modules/outer'] },
    },
  });

  const shipped = new Set(['node_modules/inner', 'node_modules/outer']);

  it('are named once each', () => {
    expect(readAudit(report, shipped)).toEqual({
      found: ['inner: Prototype pollution (high) https://github.com/advisories/GHSA-1'],
    });
  });

  it('are those of what is installed in production or inside the admin UI, not of a tool', () => {
    const lock = {
      packages: {
        '': {},
        'node_modules/inner': { version: '1.0.0', dev: true },
        'node_modules/tool/node_modules/inner': { version: '2.0.0', dev: true },
        'node_modules/library': { version: '3.0.0' },
      },
    };
    const bundled = [{ name: 'inner', version: '1.0.0' }];
    const places = shippedPlaces(lock, bundled);
    expect([...places]).toEqual(['node_modules/inner', 'node_modules/library']);
    expect(readAudit(report, places).found).toHaveLength(1);
    expect(readAudit(report, shippedPlaces(lock, [])).found).toEqual([]);
  });

  it('are left out when accepted by id', () => {
    expect(readAudit(report, shipped, { 'GHSA-1': 'only in tests' })).toEqual({ found: [] });
  });

  it.each([
    ['', 'npm gave no report'],
    ['{"message":"405 Method Not Allowed","error":{"summary":""}}', '405 Method Not Allowed'],
    ['{"error":{"summary":"connect ECONNREFUSED"}}', 'connect ECONNREFUSED'],
  ])('are said to be unknown where the registry answers %j', (output, unavailable) => {
    expect(readAudit(output, shipped)).toEqual({ unavailable });
  });
});

describe('notices of what is inside the admin UI', () => {
  it('go along, and a package that asks for its notice and has none is refused', () => {
    const mit = { name: 'a', version: '1.0.0', identifier: 'MIT', text: 'Copyright (c) A' };
    const free = { name: 'b', version: '2.0.0', identifier: 'Unlicense' };
    expect(noticesOf([mit, free])).toMatch(
      /a 1\.0\.0\nLicence: MIT\n\nCopyright \(c\) A\n[^]*b 2\.0\.0\nLicence: Unlicense/,
    );
    const { text: _, ...bare } = mit;
    expect(() => noticesOf([bare])).toThrow('a 1.0.0 (MIT)');
  });
});
