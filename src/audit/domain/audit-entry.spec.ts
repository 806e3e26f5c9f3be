import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AuditBody,
  type AuditDetail,
  canonicalBody,
  canonicalJson,
  chainHash,
  GENESIS_HASH,
  storableBody,
} from './audit-entry.js';

const BODY: AuditBody = {
  id: '4f7c5f0e-8f3b-4f6e-9a55-0a3b3c1f2d10',
  occurredAt: '2026-03-01T08:15:00.000Z',
  operation: 'Create Connector Connection',
  outcome: 'succeeded',
  actor: { id: 'u-1', name: 'Ada "Example"' },
  tenantId: 't-1',
  connectionId: null,
  subject: { type: 'connection', id: null, label: 'Müller & Söhne' },
  details: { b: [1, true, null], a: 'x' },
  correlationId: 'r-1',
};

describe('audit chain', () => {
  it('keeps its canonical bytes for ever', () => {
    const canonical =
      '{"actor":{"id":"u-1","name":"Ada \\"Example\\""},"connectionId":null,"correlationId":"r-1","details":{"a":"x","b":[1,true,null]},' +
      '"id":"4f7c5f0e-8f3b-4f6e-9a55-0a3b3c1f2d10","occurredAt":"2026-03-01T08:15:00.000Z","operation":"Create Connector Connection",' +
      '"outcome":"succeeded","subject":{"id":null,"label":"Müller & Söhne","type":"connection"},"tenantId":"t-1"}';
    expect(canonicalBody(BODY)).toBe(canonical);
    const bytes = `psa-connector audit entry v1\n${'0'.repeat(64)}\n1\n${canonical}`;
    expect(chainHash(GENESIS_HASH, '1', BODY)).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(chainHash(GENESIS_HASH, '1', BODY)).toBe(
      '4da905a1e42aa1a8cc9a095fbe0d925f500355099088a0961278243e0acdf84f',
    );
  });

  it.each<[string, Partial<AuditBody>]>([
    ['outcome', { outcome: 'failed' }],
    ['actor', { actor: { id: 'u-2', name: 'Ada "Example"' } }],
    ['details', { details: { a: 'x', b: [1, true] } }],
    ['time', { occurredAt: '2026-03-01T08:15:00.001Z' }],
  ])('changes its hash with the %s', (_, change) => {
    expect(chainHash(GENESIS_HASH, '1', { ...BODY, ...change })).not.toBe(chainHash(GENESIS_HASH, '1', BODY));
  });

  it('changes its hash with the place in the chain', () => {
    expect(chainHash(GENESIS_HASH, '2', BODY)).not.toBe(chainHash(GENESIS_HASH, '1', BODY));
    expect(chainHash('1'.repeat(64), '1', BODY)).not.toBe(chainHash(GENESIS_HASH, '1', BODY));
  });

  it('writes any JSON as RFC 8785 does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        expect(canonicalJson(value as AuditDetail)).toBe(canonicalize(value));
      }),
    );
  });

  it('writes the canonical form of a body, whatever the names in its details', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'toJSON', 'constructor', '10', '9', '09', '-1', '1.5', '4294967295', ''),
    );
    const details = fc.dictionary(name, fc.oneof(fc.jsonValue(), fc.dictionary(name, fc.jsonValue())));
    fc.assert(
      fc.property(details, (value) => {
        const body = { ...BODY, details: value as Record<string, AuditDetail> };
        expect(canonicalBody(body)).toBe(canonicalize(body));
      }),
      { numRuns: 500 },
    );
  });

  it('replaces what the database cannot store', () => {
    const body = storableBody({ ...BODY, details: { 'a\0': ['\uD800', 'b\0c'] } });
    expect(body.details).toEqual({ 'a\uFFFD': ['\uFFFD', 'b\uFFFDc'] });
  });

  it('writes keys in lower case, as the database gives them back', () => {
    const { id } = BODY;
    expect(storableBody({ ...BODY, id: id.toUpperCase(), connectionId: id.toUpperCase() })).toEqual({
      ...BODY,
      connectionId: id,
    });
  });
});
