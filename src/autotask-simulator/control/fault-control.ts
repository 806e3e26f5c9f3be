import type { ActiveFault, Fault, PlannedFault } from '../fault-plan.js';
import { ControlInput } from './control-input.js';
import { badMember, notFound } from './control-problem.js';
import type { ControlCall, ControlRoute } from './control-route.js';

const KINDS = [
  'status',
  'html',
  'empty401',
  'delay',
  'dropBefore',
  'dropAfter',
  'commitLate',
  'truncate',
  'malformedJson',
] as const;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const MAX_TIMES = 1_000_000_000;
const MAX_DELAY_MS = 3_600_000;

/** Faults by route: list, add, remove one, remove all. */
export const faultRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/faults',
    handle: ({ target }) => ({ status: 200, body: target.faults.list().map(describe) }),
  },
  { method: 'POST', path: '/faults', handle: addFault },
  {
    method: 'DELETE',
    path: '/faults',
    handle: ({ target }) => {
      target.faults.clear();
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    path: '/faults/{id}',
    handle: ({ target, params }) => {
      if (!target.faults.remove(Number(params['id']))) throw notFound(`There is no fault '${params['id']}'.`);
      return { status: 204 };
    },
  },
];

function addFault({ target, body }: ControlCall): { status: number; body: unknown } {
  const input = new ControlInput(body, ['method', 'path', 'times', 'after', 'fault']);
  const method = input.oneOf('method', METHODS);
  const path = patternOf(input);
  const times = input.whole('times', 1, MAX_TIMES);
  const after = input.whole('after', 0, MAX_TIMES);
  const planned: PlannedFault = {
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(times === undefined ? {} : { times }),
    ...(after === undefined ? {} : { after }),
    fault: faultOf(input.must('fault', input.any('fault'))),
  };
  return { status: 201, body: { id: target.faults.add(planned) } };
}

function patternOf(input: ControlInput): RegExp | undefined {
  const source = input.text('path');
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, 'i');
  } catch {
    throw badMember(input.pointer('path'), 'it must be a regular expression');
  }
}

function faultOf(value: unknown): Fault {
  const input = new ControlInput(value, ['kind', 'status', 'body', 'headers', 'afterCommit', 'ms'], '/fault');
  const kind = input.must('kind', input.oneOf('kind', KINDS));
  const own = kind === 'status' ? ['kind', 'status', 'body', 'headers', 'afterCommit'] : ['kind'];
  const members = new ControlInput(value, isTimed(kind) ? ['kind', 'ms'] : own, '/fault');
  if (isTimed(kind)) return { kind, ms: members.must('ms', members.whole('ms', 0, MAX_DELAY_MS)) };
  if (kind !== 'status') return { kind };
  const headers = members.textsByName('headers');
  const afterCommit = members.flag('afterCommit');
  return {
    kind,
    status: members.must('status', members.whole('status', 200, 599)),
    ...(members.any('body') === undefined ? {} : { body: members.any('body') }),
    ...(headers === undefined ? {} : { headers }),
    ...(afterCommit === undefined ? {} : { afterCommit }),
  };
}

function isTimed(kind: (typeof KINDS)[number]): kind is 'delay' | 'commitLate' {
  return kind === 'delay' || kind === 'commitLate';
}

function describe({ id, method, path, times, after, applied, fault }: ActiveFault): unknown {
  return {
    id,
    method: method ?? null,
    path: path?.source ?? null,
    times: Number.isFinite(times) ? times : null,
    after,
    applied,
    fault,
  };
}
