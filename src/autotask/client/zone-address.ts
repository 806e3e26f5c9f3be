import { PsaCredentialsRejectedError } from '../../ports/psa/psa.errors.js';
import type { SignInFailure } from './failure-table.js';

/** Asks zone discovery where the user belongs now; null when it cannot be told. */
export type FindZone = () => Promise<string | null>;

/**
 * Where requests of one client go, and whether its credentials are still worth sending. Autotask answers a 401 also to right
 * credentials on the wrong zone (Autotask REST reference, §1.4), so the first one asks discovery once; unless that names
 * another zone the credentials are rejected for good, because repeated failures lock the API user.
 */
export class ZoneAddress {
  #apiUrl: string;
  readonly #findZone: FindZone | undefined;
  #search: Promise<void> | undefined;
  #rejection: PsaCredentialsRejectedError | undefined;

  /** @param findZone absent where a 401 is final */
  constructor(apiUrl: string, findZone?: FindZone) {
    this.#apiUrl = apiUrl;
    this.#findZone = findZone;
  }

  /**
   * The zone to send to, once a search under way has ended.
   * @throws PsaCredentialsRejectedError when the credentials were rejected before
   */
  async current(): Promise<string> {
    await this.#search;
    if (this.#rejection !== undefined) throw this.#rejection;
    return this.#apiUrl;
  }

  /** Whether the user belongs to another zone than `usedUrl`, which rejected a request; if not, the rejection is final. */
  async hasMovedAfter(rejection: PsaCredentialsRejectedError, usedUrl: string): Promise<boolean> {
    const isAboutZone = rejection.context['reason'] === ('unspecified' satisfies SignInFailure);
    if (isAboutZone && this.#apiUrl === usedUrl && this.#findZone !== undefined) {
      this.#search ??= this.#look(this.#findZone);
      await this.#search;
    }
    const hasMoved = isAboutZone && this.#apiUrl !== usedUrl;
    if (!hasMoved) this.#rejection ??= rejection;
    return hasMoved;
  }

  async #look(findZone: FindZone): Promise<void> {
    try {
      this.#apiUrl = (await findZone()) ?? this.#apiUrl;
    } catch {
      // Discovery that fails says nothing; the rejection stands and is what the caller learns of.
    }
  }
}
