// Pages of every filter at random depths, in milliseconds inside the database.
import { readFileSync } from 'node:fs';
import { AuditEntryRepository } from '../../dist/src/audit/persistence/audit-entry.repository.js';
import { bodyAt } from './audit-chain.mjs';
import { TENANT } from './audit-database.mjs';

const LIMIT = 50;
const HOUR_MS = 3_600_000;

/** Each gives a filter, from the entry it is about. */
const FILTERS = {
  'no filter': () => ({}),
  'time (a day)': ({ occurredAt }) => ({
    from: new Date(Date.parse(occurredAt) - 24 * HOUR_MS),
    to: new Date(occurredAt),
  }),
  operation: ({ operation }) => ({ operation }),
  'operation (1 in 10,000)': () => ({ operation: 'Delete Connector Connection' }),
  'outcome failed (1 in 20)': () => ({ outcome: 'failed' }),
  'outcome succeeded': () => ({ outcome: 'succeeded' }),
  'actor by id': ({ actor }) => ({ actor: actor.id }),
  'actor by part of the name': ({ actor }) => ({ actor: actor.name.slice(0, 8) }),
  'actors of one name part (20)': () => ({ actor: 'example' }),
  connection: ({ connectionId }) => ({ connectionId }),
  'text: one entry has it': ({ details }) => ({ text: details.operationId }),
  'text: a customer (1 in 5,000)': ({ details }) => ({ text: details.contractId }),
  'text: one in twenty': () => ({ text: 'refused the adjustment' }),
  'text: every entry has it': () => ({ text: 'microsoft' }),
  'text: none has it': () => ({ text: 'nowhere to be found' }),
  'connection + outcome': ({ connectionId }) => ({ connectionId, outcome: 'failed' }),
  'operation + outcome, never': () => ({ operation: 'Check Connector Connection', outcome: 'failed' }),
  'connection + text': ({ connectionId, details }) => ({ connectionId, text: details.contractId }),
};

/** Pages a server is asked for before its figures count: until then it reads its catalogue and makes its plans for the first time. */
const WARM_UP = 20;

/**
 * @param logs `{ dataSource, size }` of each; they are asked in turns
 * @param only part of a filter's name; empty for all
 * @returns for each log the figures by the name of the filter
 */
export async function measureFilters(logs, samples, only) {
  const measured = logs.map(({ dataSource, size }) => {
    const clock = { ms: 0, cpu: 0, pages: 0 };
    return {
      clock,
      size,
      repository: new AuditEntryRepository(timedBy(dataSource, clock)),
      figures: new Map(),
    };
  });
  for (const [name, filterOf] of Object.entries(FILTERS)) {
    if (!name.includes(only)) continue;
    const found = measured.map(() => ({ times: [], processor: [], pages: [], shown: 0 }));
    for (let sample = -WARM_UP; sample < samples; sample += 1) {
      for (const [index, log] of measured.entries()) {
        const { items } = await pageOf(log, name, filterOf);
        if (sample >= 0) note(found[index], log.clock, items);
      }
    }
    for (const [index, { figures }] of measured.entries()) figures.set(name, summary(found[index], samples));
  }
  return measured.map(({ figures }) => figures);
}

function pageOf({ repository, clock, size }, name, filterOf) {
  const sequence = 1 + Math.floor(Math.random() * size);
  const about = bodyAt(sequence, size);
  // A text that one entry has is looked for from the newest on, and everything else from any depth.
  const before = name.includes('one entry')
    ? undefined
    : { occurredAt: about.occurredAt, sequence: String(sequence) };
  Object.assign(clock, { ms: 0, cpu: 0, pages: 0 });
  return repository.list(TENANT, filterOf(about), { limit: LIMIT }, before);
}

function note(found, clock, items) {
  found.times.push(clock.ms);
  found.processor.push(clock.cpu);
  found.pages.push(clock.pages);
  found.shown += items.length;
}

function summary({ times, processor, pages, shown }, samples) {
  return {
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    cpu50: at(processor, 0.5),
    cpu99: at(processor, 0.99),
    pages: at(pages, 0.5),
    shown: shown / samples,
  };
}

const at = (numbers, share) =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];

/** A data source whose statements run a second time under EXPLAIN ANALYZE, which tells how long the database took. */
function timedBy(dataSource, clock) {
  return {
    createQueryRunner: () => {
      const runner = dataSource.createQueryRunner();
      return {
        release: () => runner.release(),
        connect: async () => {
          const client = await runner.connect();
          return {
            query: async (config) => {
              // Beginning and ending a transaction.
              if (typeof config === 'string') return client.query(config);
              const explained = await client.query(
                `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${config.text}`,
                config.values,
              );
              const [plan] = explained.rows[0]['QUERY PLAN'];
              clock.ms += plan['Planning Time'] + plan['Execution Time'];
              clock.pages += plan.Plan['Shared Hit Blocks'] + plan.Plan['Shared Read Blocks'];
              const before = processorMs(client.processID);
              const answer = await client.query(config);
              clock.cpu += processorMs(client.processID) - before;
              return answer;
            },
          };
        },
      };
    },
  };
}

/** What a process has had of a processor, which other work on the machine does not change; NaN where the system does not tell. */
function processorMs(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}
