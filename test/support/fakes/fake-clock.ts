import type { Clock } from '../../../src/ports/host/clock.port.js';

/** A clock that stands still until it is told otherwise. */
export class FakeClock implements Clock {
  #now: Date;

  constructor(start = '2026-05-04T12:00:00.000Z') {
    this.#now = new Date(start);
  }

  now(): Date {
    return new Date(this.#now);
  }

  advance(ms: number): void {
    this.#now = new Date(this.#now.getTime() + ms);
  }
}
