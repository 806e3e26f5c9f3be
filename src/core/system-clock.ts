import { Injectable } from '@nestjs/common';
import type { Clock } from '../ports/host/clock.port.js';

/** The machine's clock; used unless the host supplies another. */
@Injectable()
export class SystemClock implements Clock {
  now(): Date {
    return new Date();
  }
}
