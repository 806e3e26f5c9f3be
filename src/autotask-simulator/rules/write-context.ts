import type { ApiUser, AutotaskDatabase } from '../world/simulator-world.js';
import type { Row, RowChanges } from '../world/table.js';

/** Who writes where, and when. */
export interface WriteContext {
  readonly database: AutotaskDatabase;
  readonly user: ApiUser;
  readonly now: Date;
}

/** What an entity does beyond the checks its metadata asks for; every step may raise an AutotaskRefusal. */
export interface EntityRules {
  /** Replaces the plain insert; answers the id the client gets, which may be null. */
  readonly create?: (context: WriteContext, values: RowChanges) => number | null;
  /** Completes the values of a new record. */
  readonly beforeInsert?: (context: WriteContext, values: RowChanges) => RowChanges;
  /** Completes or refuses changed values. */
  readonly beforeUpdate?: (context: WriteContext, row: Row, changes: RowChanges) => RowChanges;
  /** Follows a change up in other records. */
  readonly afterUpdate?: (context: WriteContext, before: Row, after: Row) => void;
  readonly beforeDelete?: (context: WriteContext, row: Row) => void;
}
