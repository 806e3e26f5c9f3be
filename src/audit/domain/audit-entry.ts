import { hash } from 'node:crypto';

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
  /** ISO 8601 UTC with milliseconds; never earlier than the entry before in the tenant's chain. */
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

/** Texts that stand in JSON as they are: no quote, backslash or control character, nor a surrogate that may be alone. */
const PLAIN = /^[^"\\\p{Cc}\p{Cs}]*$/u;

/** RFC 8785 writes texts, numbers, truth values and null as `JSON.stringify` does, which takes longer for a plain text. */
function json(value: string | number | boolean | null): string {
  return typeof value === 'string' && PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

/**
 * RFC 8785 of plain JSON. Written here because it is most of the work of recomputing a chain, and several times as fast as the
 * general one it is tested against.
 */
export function canonicalJson(value: AuditDetail): string {
  if (value === null || typeof value !== 'object') return json(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let text = '';
  // Sorted by UTF-16 code units, which is how JavaScript compares texts.
  for (const name of Object.keys(value).toSorted()) {
    text += `${text === '' ? '' : ','}${json(name)}:${canonicalJson(value[name] ?? null)}`;
  }
  return `{${text}}`;
}

/** The canonical text of a body, before and after the value of its `occurredAt`. */
export interface CanonicalParts {
  before: string;
  after: string;
}

/**
 * RFC 8785 (JSON Canonicalization Scheme) of exactly the members of `AuditBody`, which are known and written in order here; only the
 * details can hold anything. In two parts, because the database may move `occurredAt` forward when it appends. This form is final;
 * see `src/docs/adr/0004-audit-chain.md`.
 */
export function canonicalParts(body: Omit<AuditBody, 'occurredAt'>): CanonicalParts {
  const { id, operation, outcome, actor, tenantId, connectionId, subject, details, correlationId } = body;
  return {
    before:
      `{"actor":{"id":${json(actor.id)},"name":${json(actor.name)}},"connectionId":${json(connectionId)},` +
      `"correlationId":${json(correlationId)},"details":${canonicalJson(details)},"id":${json(id)},"occurredAt":"`,
    after:
      `","operation":${json(operation)},"outcome":${json(outcome)},"subject":{"id":${json(subject.id)},` +
      `"label":${json(subject.label)},"type":${json(subject.type)}},"tenantId":${json(tenantId)}}`,
  };
}

/** Canonical text of an entry's body; what the chain hashes. */
export function canonicalBody(body: AuditBody): string {
  const { before, after } = canonicalParts(body);
  return before + body.occurredAt + after;
}

/**
 * SHA-256 in lower-case hexadecimal over four lines joined by LF: format, previous hash, sequence, canonical body (UTF-8). The
 * database computes the same when it appends.
 */
export function chainHash(previousHash: string, sequence: string, body: AuditBody): string {
  return hash('sha256', `${CHAIN_FORMAT}\n${previousHash}\n${sequence}\n${canonicalBody(body)}`, 'hex');
}
