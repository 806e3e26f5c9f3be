/** The only source of time in domain and application code. */
export interface Clock {
  now(): Date;
}

/** Token of the `Clock`; the system clock unless the host gives its own. */
export const CLOCK = Symbol('CLOCK');
