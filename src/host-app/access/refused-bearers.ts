import { Logger } from '@nestjs/common';
import { addressBlock } from './address-block.js';

const TELL_AFTER_MS = 60_000;

/**
 * Says in the log that bearer tokens are being refused: the first at once, what follows together, a line a minute at most. They are
 * neither slowed down nor audited: no one guesses 256 bits, a program with an old token would shut out whoever shares its address, and
 * anyone could fill the audit log.
 */
export class RefusedBearers {
  readonly #logger = new Logger(RefusedBearers.name);
  #untold = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** @param address of the client, where it is known */
  note(address: string | undefined, now: Date): void {
    this.#untold += 1;
    if (now.getTime() - this.#toldAt < TELL_AFTER_MS) return;
    this.#logger.warn('Bearer tokens were refused', {
      count: this.#untold,
      lastFrom: address === undefined ? null : addressBlock(address),
    });
    this.#untold = 0;
    this.#toldAt = now.getTime();
  }
}
