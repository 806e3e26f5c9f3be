import { expect, it } from 'vitest';
import { bearerToken } from './token-digest.js';

it.each(['Bearer the-token', 'bearer the-token', 'Bearer   the-token '])(
  'accepts the token in "%s"',
  (header) => {
    expect(bearerToken(header)).toBe('the-token');
  },
);

it.each([undefined, '', 'the-token', 'Basic the-token', 'Bearer', 'Bearer the-token x'])(
  'refuses the header %s',
  (header) => {
    expect(bearerToken(header)).toBeNull();
  },
);

it('refuses a header that came more than once', () => {
  expect(bearerToken(['Bearer the-token', 'Bearer the-token'])).toBeNull();
});
