import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

export type AuditOutcome = 'succeeded' | 'failed';

/** Value of a detail; plain JSON, because it is hashed and stored as such. */
export type AuditDetail = string | number | boolean | null | AuditDetail[] | { [name: string]: AuditDetail };
export type AuditDetails = Record<string, AuditDetail>;

/** One field a use case changed; secrets appear by name only, with both values null. */
export interface FieldChange {
  field: string;
  before: AuditDetail;
  after: AuditDetail;
}

/** What an entry is about; the id is null when the thing was never made. */
export interface AuditSubject {
  type: string;
  id: string | null;
  label: string;
}

/** What is hashed of an entry, beside its place in the chain. */
export interface AuditBody {
  id: string;
  /** ISO 8601 UTC with milliseconds. */
  occurredAt: string;
  operation: string;
  outcome: AuditOutcome;
  actor: { id: string; name: string };
  tenantId: string;
  connectionId: string | null;
  subject: AuditSubject;
  details: AuditDetails;
  correlationId: string;
}

export interface AuditEntry extends AuditBody {
  /** 1 for the first entry of a tenant, then without a gap. */
  sequence: string;
  /** Hash of the entry before, lower-case hexadecimal; 64 zeros before the first. */
  previousHash: string;
  hash: string;
}

/** Stands where the first entry of a tenant names the hash before it. */
export const GENESIS_HASH = '0'.repeat(64);

/** First line of what is hashed, so that a later form of the bytes can never be mistaken for this one. */
export const CHAIN_FORMAT = 'psa-connector audit entry v1';

/** Postgres cannot store NUL or lone surrogates in `jsonb`; they are replaced so that what is hashed is what is stored. */
function storable(value: AuditDetail): AuditDetail {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\uFFFD');
  if (Array.isArray(value)) return value.map(storable);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [storable(name), storable(inner)]));
}

/**
 * The body with every text in a form that survives the database unchanged. Keys come back from a `uuid` column in lower case, and
 * what was hashed must be what is read.
 */
export function storableBody(body: AuditBody): AuditBody {
  const { id, connectionId, ...rest } = body;
  const keys = { id: id.toLowerCase(), connectionId: connectionId?.toLowerCase() ?? null };
  return storable({ ...rest, ...keys } as unknown as AuditDetail) as unknown as AuditBody;
}

/**
 * Canonical text of an entry's body: RFC 8785 (JSON Canonicalization Scheme) of exactly the members of `AuditBody`.
 * This form is final; see `src/docs/adr/0004-audit-chain.md`.
 */
export function canonicalBody(body: AuditBody): string {
  const {
    id,
    occurredAt,
    operation,
    outcome,
    actor,
    tenantId,
    connectionId,
    subject,
    details,
    correlationId,
  } = body;
  const text = canonicalize({
    id,
    occurredAt,
    operation,
    outcome,
    actor: { id: actor.id, name: actor.name },
    tenantId,
    connectionId,
    subject: { type: subject.type, id: subject.id, label: subject.label },
    details,
    correlationId,
  });
  if (text === undefined) throw new TypeError('An audit body must be plain JSON');
  return text;
}

/**
 * SHA-256 in lower-case hexadecimal over four lines joined by LF: format, previous hash, sequence, canonical body (UTF-8). The
 * database computes the same when it appends.
 */
export function chainHash(previousHash: string, sequence: string, body: AuditBody): string {
  const lines = [CHAIN_FORMAT, previousHash, sequence, canonicalBody(body)];
  return createHash('sha256').update(lines.join('\n'), 'utf8').digest('hex');
}
