import { describe, expect, it } from 'vitest';
import { importCycles, importViolations, longFiles } from './import-rules.js';
import { readSources, toSourceFile } from './source-files.js';

const sources = readSources('src', 'migrations');

describe('import rules of the repository', () => {
  it('finds the sources it is about', () => {
    const paths = sources.map(({ path }) => path);
    expect(paths).toContain('src/index.ts');
    expect(paths).toContain('src/admin-ui/main.tsx');
    expect(paths).toContain('migrations/1764000000000-create-audit-log.ts');
    const index = sources.find(({ path }) => path === 'src/index.ts');
    expect(index?.imports).toContain('src/psa-connector.module.ts');
  });

  it('lets every file import only what stands below it', () => {
    expect(importViolations(sources)).toEqual([]);
  });

  it('resolves every import between our own files', () => {
    const paths = new Set(sources.map(({ path }) => path));
    const lost = sources
      .filter(({ path }) => !path.endsWith('.spec.ts') && !path.endsWith('.spec.tsx'))
      .flatMap(({ path, imports }) =>
        imports
          .filter((target) => /^(src|migrations)\/.*\.tsx?$/.test(target) && !paths.has(target))
          // The bundler takes `.ts` for `.tsx` as well, because both become `.js`.
          .filter((target) => !paths.has(`${target}x`))
          .map((target) => `${path} -> ${target}`),
      );
    expect(lost).toEqual([]);
  });

  it('has no cycle between files, types included', () => {
    expect(importCycles(sources)).toEqual([]);
  });

  it('has no index file but the public one, and no source file over 300 lines', () => {
    const indexes = sources.filter(({ path }) => /\/index\.tsx?$/.test(path)).map(({ path }) => path);
    expect(indexes).toEqual(['src/index.ts']);
    expect(longFiles(sources, 300)).toEqual([]);
  });
});

function check(path: string, text: string): string[] {
  return importViolations([toSourceFile({ path, text })]);
}

describe('the checker', () => {
  it.each([
    ['src/kernel/money.ts', "import { X } from '../ports/host/clock.port.js';"],
    ['src/ports/psa/x.port.ts', "import type { X } from '../../core/x.js';"],
    ['src/core/x.ts', "import type { X } from '../platform/persistence/sql.js';"],
    ['src/core/x.ts', "import { X } from '../autotask/autotask.adapter.js';"],
    ['src/platform/http/x.ts', "export { X } from '../../audit/domain/audit-entry.js';"],
    ['src/secrets/application/x.ts', "import { X } from '../../audit/domain/audit-entry.js';"],
    ['src/connections/domain/x.ts', "export * from '../../contracts/domain/visibility.js';"],
    ['src/contracts/application/x.ts', "import type { X } from '../../sync/domain/sync-run.js';"],
    ['src/autotask/x.ts', "import { X } from '../core/psa-registry.js';"],
    ['src/autotask/x.ts', "import { X } from '../platform/persistence/sql.js';"],
    ['src/sync/application/x.ts', "import { X } from '../../autotask/autotask.adapter.js';"],
    ['src/autotask-simulator/x.ts', "import { X } from '../ports/host/clock.port.js';"],
    ['src/overview/http/x.ts', "import { X } from '../../autotask-simulator/testing.js';"],
    ['src/psa-connector.module.ts', "import { X } from './autotask-simulator/testing.js';"],
    ['src/psa-connector.module.ts', "import { X } from './index.js';"],
    ['src/sync/application/x.ts', "import { X } from '../../index.js';"],
    ['src/sync/application/x.ts', "import { X } from '../../psa-connector.module.js';"],
    ['src/host-app/x.ts', "import { X } from '../psa-connector.module.js';"],
    ['src/host-app/x.ts', "import { X } from '../kernel/money.js';"],
    ['src/psa-connector.module.ts', "import { X } from './host-app/main.js';"],
    ['src/admin-ui/x.tsx', "import { X } from '../kernel/money.js';"],
    ['src/overview/http/x.ts', "import { X } from '../../admin-ui/api/page.js';"],
    [
      'src/audit/persistence/x.ts',
      "import { X } from '../../../migrations/1764000000000-create-audit-log.js';",
    ],
    ['migrations/1-x.ts', "import { X } from '../src/kernel/ids.js';"],
    ['src/unheard-of/x.ts', "import { X } from '../kernel/ids.js';"],
    ['src/sync/application/x.ts', "import { X } from '../../unheard-of/x.js';"],
    ['src/sync/application/x.ts', "import { X } from '../../../test/support/database.js';"],
  ])('finds that %s may not say %s', (path, text) => {
    expect(check(path, text)).toHaveLength(1);
  });

  it.each([
    ['src/audit/domain/x.ts', "import { X } from '../application/audit-trail.service.js';"],
    ['src/audit/domain/x.ts', "import { X } from '../persistence/audit-entry.entity.js';"],
    ['src/audit/application/x.ts', "import { X } from '../persistence/audit-entry.repository.js';"],
    ['src/audit/application/x.ts', "import { X } from '../http/audit-entries.controller.js';"],
    ['src/audit/http/x.ts', "import { X } from '../persistence/audit-entry.entity.js';"],
    ['src/audit/persistence/x.ts', "import { X } from '../http/audit-list-query.dto.js';"],
    ['src/audit/persistence/x.ts', "import { X } from '../application/audit-trail.service.js';"],
    ['src/audit/http/x.ts', "import { X } from '../audit.module.js';"],
    ['src/audit/other/x.ts', "import { X } from '../domain/audit-entry.js';"],
    ['src/sync/application/x.ts', "import { X } from '../../contracts/persistence/mirror-tables.js';"],
    ['src/sync/http/x.ts', "import { X } from '../../audit/http/audit-list-query.dto.js';"],
    ['src/sync/application/x.ts', "import { X } from '../../audit/audit.module.js';"],
    ['src/audit/domain/x.ts', "import { Injectable } from '@nestjs/common';"],
    ['src/audit/domain/x.ts', "import type { Column } from 'typeorm';"],
    ['src/ports/host/x.port.ts', "import { Module } from '@nestjs/common/decorators';"],
    ['src/kernel/x.ts', "import { of } from 'rxjs';"],
    ['src/platform/http/x.ts', "import { X } from '@nestjs/platform-fastify';"],
  ])('finds that %s may not, by its layer, say %s', (path, text) => {
    expect(check(path, text)).toHaveLength(1);
  });

  it.each([
    ["const x = await import('../sync/domain/sync-run.js');"],
    ["let x: import('../sync/domain/sync-run.js').SyncRun;"],
    ["import '../sync/domain/sync-run.js';"],
    ["export type { SyncRun } from '../sync/domain/sync-run.js';"],
    ["import x = require('../sync/domain/sync-run.js');"],
  ])('sees an import however it is written: %s', (text) => {
    expect(check('src/kernel/x.ts', text)).toEqual([
      'src/kernel/x.ts: kernel may not import sync (src/sync/domain/sync-run.ts)',
    ]);
  });

  it.each([
    ['src/kernel/x.ts', "import { Decimal } from 'decimal.js'; // import '../sync/x.js'"],
    [
      'src/platform/http/x.ts',
      "import { Module } from '@nestjs/common'; import { x } from '../../core/x.js';",
    ],
    ['src/sync/sync.module.ts', "import { X } from '../connections/connections.module.js';"],
    ['src/sync/application/x.ts', "import { X } from '../../connections/application/x.service.js';"],
    ['src/sync/persistence/x.ts', "import { X } from '../domain/sync-run.js'; import 'typeorm';"],
    ['src/psa-connector.persistence.ts', "import { X } from './audit/persistence/audit-entry.entity.js';"],
    ['src/psa-connector.module.ts', "import { X } from './autotask/autotask.adapter.js';"],
    ['src/host-app/x.ts', "import { X } from '../index.js'; import { z } from 'zod';"],
    ['src/sync/application/x.spec.ts', "import { X } from '../../../test/support/database.js';"],
  ])('allows %s to say %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  it('finds a cycle of types', () => {
    const files = [
      { path: 'src/kernel/a.ts', text: "import type { B } from './b.js';" },
      { path: 'src/kernel/b.ts', text: "export type { C } from './c.js';" },
      { path: 'src/kernel/c.ts', text: "let a: import('./a.js').A;" },
      { path: 'src/kernel/d.ts', text: "import './a.js';" },
    ].map(toSourceFile);
    expect(importCycles(files)).toEqual([
      'src/kernel/a.ts -> src/kernel/b.ts -> src/kernel/c.ts -> src/kernel/a.ts',
    ]);
    expect(importCycles(files.slice(0, 2))).toEqual([]);
    const components = [
      { path: 'src/admin-ui/a.tsx', text: "import { B } from './b.js';" },
      { path: 'src/admin-ui/b.tsx', text: "import { A } from './a.js';" },
    ].map(toSourceFile);
    expect(importCycles(components)).toHaveLength(1);
  });

  it('finds a file that is too long, but not one that just fits', () => {
    const files = [300, 301].map((lines) =>
      toSourceFile({ path: `src/kernel/${lines}.ts`, text: 'let x;\n'.repeat(lines) }),
    );
    expect(longFiles(files, 300)).toEqual(['src/kernel/301.ts: 301 lines']);
  });
});
