// @vitest-environment happy-dom
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashPath, hashQuery, navigateHash, useHashPath, useHashQuery } from './hash-location.js';

describe('hash location', () => {
  beforeEach(() => {
    window.location.href = 'https://host.example/psa/';
  });
  afterEach(cleanup);

  it('separates path and query', () => {
    expect(hashPath('/audit-logs?outcome=failed')).toBe('/audit-logs');
    expect(hashQuery('/audit-logs?outcome=failed').get('outcome')).toBe('failed');
    expect(hashQuery('/connectors').toString()).toBe('');
  });

  it('keeps the query inside the hash, so that a reload does not send it to the server', () => {
    navigateHash('/audit-logs?text=a b');
    expect(window.location.search).toBe('');
    expect(window.location.hash).toContain('#/audit-logs?text=');
    const { result } = renderHook(() => useHashQuery());
    expect(result.current[0].get('text')).toBe('a b');
  });

  it('tells its users when the address changes', () => {
    const { result } = renderHook(() => useHashPath());
    act(() => navigateHash('/connectors/1'));
    expect(result.current[0]).toBe('/connectors/1');
  });

  it('replaces the query without leaving the page', () => {
    navigateHash('/audit-logs?outcome=failed');
    const { result } = renderHook(() => useHashQuery());
    act(() => result.current[1](new URLSearchParams({ operation: 'Start Sync Run' })));
    expect(window.location.hash).toBe('#/audit-logs?operation=Start+Sync+Run');
    act(() => result.current[1](new URLSearchParams()));
    expect(window.location.hash).toBe('#/audit-logs');
  });
});
