import type { RawMembers } from '../../ports/psa/psa-records.js';

const USER_DEFINED_FIELDS = 'userdefinedfields';

/** The members of a row whose mapping has accepted it; without user-defined fields, which come unasked (reference §2.6). */
export function rawMembers(row: unknown): RawMembers {
  return Object.fromEntries(
    Object.entries(row as object).filter(([name]) => name.toLowerCase() !== USER_DEFINED_FIELDS),
  );
}
