import type { ApiUser, AutotaskDatabase } from '../world/simulator-world.js';
import type { PageStore } from '../rules/page-store.js';

/** One signed-in request on its way to a handler. */
export interface ApiCall {
  readonly database: AutotaskDatabase;
  readonly user: ApiUser;
  readonly now: Date;
  readonly method: string;
  /** Path segments after `V1.0`, decoded, as the client wrote them. */
  readonly segments: readonly string[];
  readonly search: URLSearchParams;
  readonly bodyText: string;
  /** Address of the zone's `V1.0`, without a trailing slash. */
  readonly apiUrl: string;
  readonly pages: PageStore;
}
