import { describe, expect, it } from 'vitest';
import { aSyncRun } from '../../../test/support/builders/sync-run.builder.js';
import { estimateOf } from './run-estimate.js';
import { type EntityProgress, noProgress, type SyncRun } from './sync-run.js';

const STARTED = new Date('2026-03-01T00:00:00Z');
const NOW = new Date('2026-03-01T00:01:00Z');

const DONE = noProgress('companies', { isComplete: true, read: 400, pages: 2 });
const AT_WORK = noProgress('contracts', { read: 500, expected: 1_500, pages: 1 });
const UNREAD = noProgress('contractServices');

function run(entities: EntityProgress[], change: Partial<SyncRun> = {}): SyncRun {
  return aSyncRun({ connectionId: 'c', state: 'running', startedAt: STARTED, entities, ...change });
}

describe('estimateOf', () => {
  it('tells in a first run how far the entity at work is, and how many there are', () => {
    expect(estimateOf(run([DONE, AT_WORK, UNREAD]), NOW)).toEqual({
      rowsRead: 900,
      pages: 3,
      rowsExpected: null,
      secondsLeft: null,
      entitiesComplete: 1,
      entitiesTotal: 3,
      current: { entity: 'contracts', rowsRead: 500, rowsExpected: 1_500 },
    });
  });

  it('expects all rows and tells the time left once every entity was counted', () => {
    const entities = [DONE, AT_WORK, { ...UNREAD, expected: 2_600 }];
    expect(estimateOf(run(entities), NOW)).toMatchObject({ rowsExpected: 4_500, secondsLeft: 240 });
  });

  it('never expects fewer rows than were read', () => {
    const { current, rowsExpected } = estimateOf(run([{ ...AT_WORK, read: 1_600 }]), NOW);
    expect([rowsExpected, current?.rowsExpected]).toEqual([1_600, 1_600]);
  });

  it('expects no rows of an entity nobody has counted, and none of changes', () => {
    expect(estimateOf(run([UNREAD]), NOW).current).toEqual({
      entity: 'contractServices',
      rowsRead: 0,
      rowsExpected: null,
    });
    const changes = noProgress('companies', { step: 'changes', expected: 400, read: 3 });
    expect(estimateOf(run([changes], { mode: 'incremental' }), NOW)).toMatchObject({
      rowsExpected: null,
      current: { entity: 'companies', rowsRead: 3, rowsExpected: null },
    });
  });

  it('takes entities whose contracts are read again for the last ones', () => {
    const again = noProgress('contractServices', { step: 'contracts' });
    const { current } = estimateOf(run([again, UNREAD], { mode: 'incremental' }), NOW);
    expect(current?.entity).toBe(UNREAD.entity);
    expect(estimateOf(run([DONE, again]), NOW).current?.entity).toBe('contractServices');
  });

  it.each(['queued', 'succeeded', 'failed', 'cancelled'] as const)(
    'has no entity at work when %s',
    (state) => {
      expect(estimateOf(run([DONE, AT_WORK], { state }), NOW)).toMatchObject({
        current: null,
        secondsLeft: null,
      });
    },
  );

  it('counts no entity before the run was planned', () => {
    expect(estimateOf(run([]), NOW)).toMatchObject({ entitiesTotal: 0, current: null, rowsExpected: null });
  });
});
