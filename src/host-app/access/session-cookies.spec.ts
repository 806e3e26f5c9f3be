import { describe, expect, it } from 'vitest';
import { isSameOrigin } from './same-origin.js';
import { clearedCookies, readCookie, sessionCookies } from './session-cookies.js';

describe('session cookies', () => {
  it('belong to this host and to TLS alone where there is TLS', () => {
    expect(sessionCookies(true, 's', 'c')).toEqual([
      '__Host-psa_session=s; HttpOnly; Path=/; SameSite=Strict; Secure',
      '__Host-psa_csrf=c; Path=/; SameSite=Strict; Secure',
    ]);
    expect(clearedCookies(true)[0]).toBe(
      '__Host-psa_session=; HttpOnly; Path=/; Max-Age=0; SameSite=Strict; Secure',
    );
    expect(sessionCookies(false, 's', 'c').join()).not.toMatch(/Secure|__Host/);
  });

  it.each([
    ['psa_session=abc', 'abc'],
    ['other=1; psa_session=abc; more=2', 'abc'],
    ['psa_session=', null],
    ['psa_session=a; psa_session=b', null],
    ['xpsa_session=abc', null],
    ['psa_session="abc"', null],
    [undefined, null],
  ])('are read from "%s" as %s', (header, value) => {
    expect(readCookie(header, 'psa_session')).toBe(value);
  });
});

describe('where a request comes from', () => {
  it.each([
    [{}, null, true],
    [{ 'sec-fetch-site': 'same-origin' }, null, true],
    [{ 'sec-fetch-site': 'none' }, null, false],
    [{ 'sec-fetch-site': 'same-site' }, null, false],
    [{ origin: 'https://psa.example', host: 'psa.example' }, null, true],
    [{ origin: 'https://psa.example:444', host: 'psa.example' }, null, false],
    [{ origin: 'null', host: 'psa.example' }, null, false],
    [{ origin: 'https://psa.example', host: 'inner:3000' }, 'https://psa.example', true],
    [{ origin: 'http://psa.example', host: 'psa.example' }, 'https://psa.example', false],
  ])('tells from %j that it is our own page, with the address %s: %s', (headers, publicOrigin, isOwn) => {
    expect(isSameOrigin(headers, publicOrigin)).toBe(isOwn);
  });
});
