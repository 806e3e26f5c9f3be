import { createHash } from 'node:crypto';
import { PsaPositionUnreadableError } from '../../ports/psa/psa.errors.js';
import type { PullScope } from '../../ports/psa/psa-session.port.js';
import type { IdBounds } from '../client/keyset-page.js';

/** Ids still to be read under one of a pull's lists of conditions. */
export interface OpenIds extends IdBounds {
  /** Which list of conditions; 0 where there is one. */
  readonly list: number;
}

/** Changes with the notation, so that a position of an older version is refused instead of being misread. */
const VERSION = 'r1';
const OPEN_IDS = /^(\d{1,6})\/(\d{0,30})-(\d{0,30})$/;

/** A position as text, such as `r1:all:0/499-5000,0/5000-`; null when nothing is left to read. */
export function positionText(scope: PullScope, open: readonly OpenIds[]): string | null {
  if (open.length === 0) return null;
  const ranges = open.map(({ list, after, upTo }) => `${list}/${after < 0n ? '' : after}-${upTo ?? ''}`);
  return [VERSION, scopeMark(scope), ranges.join(',')].join(':');
}

/**
 * @param lists how many lists of conditions the scope has
 * @throws PsaPositionUnreadableError when the text is none of ours, or belongs to another scope: going on from it would lose rows
 */
export function readPosition(text: string, scope: PullScope, lists: number): OpenIds[] {
  const [version, mark, ranges = '', ...more] = text.split(':');
  if (version !== VERSION || more.length > 0) throw new PsaPositionUnreadableError('is not of this version');
  if (mark !== scopeMark(scope)) throw new PsaPositionUnreadableError('belongs to another scope');
  const open = ranges.split(',').map((range) => openIds(range));
  open.sort((a, b) => a.list - b.list || (a.after < b.after ? -1 : 1));
  open.forEach((range, index) => {
    const before = index === 0 ? undefined : open[index - 1];
    const isApart =
      before === undefined ||
      before.list < range.list ||
      (before.upTo !== null && before.upTo <= range.after);
    if (range.list >= lists || !isApart) throw new PsaPositionUnreadableError('names ids twice or none');
  });
  return open;
}

function openIds(text: string): OpenIds {
  const [, list, after, upTo] = OPEN_IDS.exec(text) ?? [];
  if (list === undefined) throw new PsaPositionUnreadableError('holds no ranges of ids');
  const range = {
    list: Number(list),
    after: after === undefined || after === '' ? -1n : BigInt(after),
    upTo: upTo === undefined || upTo === '' ? null : BigInt(upTo),
  };
  if (range.upTo !== null && range.upTo <= range.after) {
    throw new PsaPositionUnreadableError('holds a range that ends before it begins');
  }
  return range;
}

/** Tells scopes apart as far as a position depends on them; the instant of a pull of changes is the caller's. */
function scopeMark(scope: PullScope): string {
  if (scope.kind === 'ofContracts') return `contracts-${digestOf(scope.contractExternalIds)}`;
  if (scope.kind === 'ofInvoices') return `invoices-${digestOf(scope.invoiceExternalIds)}`;
  if (scope.kind === 'byIds') return `ids-${digestOf(scope.externalIds)}`;
  return scope.kind;
}

function digestOf(ids: readonly string[]): string {
  return createHash('sha256').update(ids.join(',')).digest('hex').slice(0, 16);
}
