import type { AuditEntry } from './audit-entry.js';

/** A row of the text index. */
export interface TextBlock {
  block: number;
  firstAt: string;
  lastAt: string;
  terms: number[];
}

/** Where the text index is kept. */
export interface AuditTextIndex {
  /** The newest block that is indexed; -1 when there is none. */
  newestBlock(tenantId: string): Promise<number>;
  /** Adds blocks; one that is there already stays. */
  add(tenantId: string, blocks: readonly TextBlock[]): Promise<void>;
}

export const AUDIT_TEXT_INDEX = Symbol('AUDIT_TEXT_INDEX');

/** The whole blocks among entries that begin with the first of a block. */
export function wholeBlocks(
  entries: readonly AuditEntry[],
  size: number,
  toBlock: (entries: readonly AuditEntry[]) => TextBlock,
): TextBlock[] {
  const count = Math.floor(entries.length / size);
  return Array.from({ length: count }, (_, index) =>
    toBlock(entries.slice(index * size, (index + 1) * size)),
  );
}
