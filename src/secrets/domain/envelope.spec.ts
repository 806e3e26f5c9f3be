import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { open, rewrap, seal, SecretUnreadableError } from './envelope.js';

const MASTER = { id: 'k1', key: randomBytes(32) };

describe('envelope encryption', () => {
  it('opens what it sealed', () => {
    expect(open(MASTER, 'owner-1', seal(MASTER, 'owner-1', 'hünter2'))).toBe('hünter2');
  });

  it('never seals the same value to the same bytes', () => {
    const [first, second] = [seal(MASTER, 'owner-1', 'x'), seal(MASTER, 'owner-1', 'x')];
    expect(first.sealedValue.equals(second.sealedValue)).toBe(false);
    expect(first.wrappedKey.equals(second.wrappedKey)).toBe(false);
  });

  it('holds neither the value nor the master key in the clear', () => {
    const { wrappedKey, sealedValue } = seal(MASTER, 'owner-1', 'hunter2-hunter2');
    const bytes = Buffer.concat([wrappedKey, sealedValue]);
    expect(bytes.includes('hunter2')).toBe(false);
    expect(bytes.includes(MASTER.key)).toBe(false);
  });

  it('does not open for another owner', () => {
    expect(() => open(MASTER, 'owner-2', seal(MASTER, 'owner-1', 'x'))).toThrow(SecretUnreadableError);
  });

  it('does not open with another master key', () => {
    expect(() => open({ id: 'k1', key: randomBytes(32) }, 'o', seal(MASTER, 'o', 'x'))).toThrow(
      SecretUnreadableError,
    );
  });

  it.each(['wrappedKey', 'sealedValue'] as const)('does not open when one bit of %s is changed', (part) => {
    const sealed = seal(MASTER, 'o', 'x');
    const bytes = sealed[part];
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(() => open(MASTER, 'o', sealed)).toThrow(SecretUnreadableError);
  });

  it('moves to another master key without touching the value, and the one before opens it no more', () => {
    const next = { id: 'k2', key: randomBytes(32) };
    const sealed = seal(MASTER, 'o', 'x');
    const moved = rewrap(MASTER, next, 'o', sealed);
    expect(moved.masterKeyId).toBe('k2');
    expect(moved.sealedValue).toEqual(sealed.sealedValue);
    expect(open(next, 'o', moved)).toBe('x');
    expect(() => open(MASTER, 'o', moved)).toThrow(SecretUnreadableError);
  });

  it('does not move what it cannot read', () => {
    const next = { id: 'k2', key: randomBytes(32) };
    const sealed = seal(MASTER, 'o', 'x');
    const damaged = { ...sealed, sealedValue: Buffer.alloc(sealed.sealedValue.length) };
    expect(() => rewrap(MASTER, next, 'o', damaged)).toThrow(SecretUnreadableError);
    expect(() => rewrap(next, MASTER, 'o', sealed)).toThrow(SecretUnreadableError);
  });
});
