import { parseInstant } from '../rules/filter-comparison.js';
import { ControlInput } from './control-input.js';
import { badMember } from './control-problem.js';
import type { ControlAnswer, ControlCall, ControlRoute } from './control-route.js';

const UNIT_MS = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
} as const;
const UNITS = Object.keys(UNIT_MS) as (keyof typeof UNIT_MS)[];
const MAX_STEP = 1_000_000;

/** The vendor's clock: read, set, advance, and back to the one beneath it. */
export const clockRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: '/clock', handle: tell },
  {
    method: 'PUT',
    path: '/clock',
    handle: (call) => {
      const input = new ControlInput(call.body, ['now']);
      const milliseconds = parseInstant(input.must('now', input.text('now')));
      if (Number.isNaN(milliseconds))
        throw badMember('/now', 'it must be an instant, such as 2026-11-20T10:00:00Z');
      call.target.clock.set(new Date(milliseconds));
      return tell(call);
    },
  },
  {
    method: 'POST',
    path: '/clock/advance',
    handle: (call) => {
      const input = new ControlInput(call.body, UNITS);
      let milliseconds = 0;
      for (const unit of UNITS) milliseconds += (input.whole(unit, -MAX_STEP, MAX_STEP) ?? 0) * UNIT_MS[unit];
      call.target.clock.advance(milliseconds);
      return tell(call);
    },
  },
  {
    method: 'DELETE',
    path: '/clock',
    handle: (call) => {
      call.target.clock.reset();
      return tell(call);
    },
  },
];

function tell({ target }: ControlCall): ControlAnswer {
  return { status: 200, body: { now: target.clock.now().toISOString() } };
}
