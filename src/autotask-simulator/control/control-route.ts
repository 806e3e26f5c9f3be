import type { FaultPlan } from '../fault-plan.js';
import type { ServerLimits } from '../http/request-handler.js';
import type { RequestJournal } from '../request-journal.js';
import type { SimulatorClock } from '../simulator-clock.js';
import type { AutotaskDatabase, SimulatorWorld } from '../world/simulator-world.js';
import { ControlProblem, notFound } from './control-problem.js';

/** What of a running simulator can be controlled. */
export interface ControlTarget {
  readonly discoveryUrl: string;
  readonly world: SimulatorWorld;
  readonly faults: FaultPlan;
  readonly journal: RequestJournal;
  readonly clock: SimulatorClock;
  readonly limits: ServerLimits;
  usageOf(ci: number): number;
  addUsage(ci: number, count: number): void;
}

/** One control request: `params` are the parts of the path in braces, `body` is the parsed JSON (undefined without one). */
export interface ControlCall {
  readonly target: ControlTarget;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** The status and the body to answer; without a body nothing is sent. */
export interface ControlAnswer {
  readonly status: number;
  readonly body?: unknown;
}

export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with parameters in braces: `/databases/{ci}/users/{userName}`. */
  readonly path: string;
  readonly handle: (call: ControlCall) => ControlAnswer;
}

/** @throws ControlProblem (404) when the path names no database of this world. */
export function databaseOf({ target, params }: ControlCall): AutotaskDatabase {
  const ci = Number(params['ci']);
  const database = target.world.databases.find((candidate) => candidate.ci === ci);
  if (database !== undefined) return database;
  const known = target.world.databases.map((candidate) => candidate.ci).join(', ');
  throw notFound(`There is no database '${params['ci']}'; known are ${known}.`);
}

/** @throws ControlProblem (422) when a query parameter other than the known ones is given. */
export function requireKnownParameters(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw badParameter(unknown, `it is not known; known are ${known.join(', ')}`);
}

/** The refusal of one query parameter (422), by its name. */
export function badParameter(name: string, detail: string): ControlProblem {
  return new ControlProblem(422, `The query parameter '${name}' cannot be used: ${detail}.`, [
    { pointer: `?${name}`, detail },
  ]);
}

/** A whole number from the query, or the fallback when it is absent. */
export function wholeParameter(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw badParameter(name, 'it must be a whole number');
}
