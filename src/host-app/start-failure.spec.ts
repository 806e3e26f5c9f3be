import { describe, expect, it } from 'vitest';
import { StartError } from './start-error.js';
import { describeFailure, explainListenFailure } from './start-failure.js';

describe('why the host could not start', () => {
  it('is the sentence of an error that was foreseen, without its code, cause or stack', () => {
    const cause = new Error('a driver’s words');
    expect(describeFailure(new StartError('Set PORT.', { cause }))).toBe('Set PORT.');
    // The shape of the library's errors.
    const unreachable = Object.assign(new Error('database.unreachable: …', { cause }), {
      code: 'database.unreachable',
      category: 'internal',
      detail: 'PostgreSQL at db:5432 cannot be used.',
    });
    expect(describeFailure(unreachable)).toBe('PostgreSQL at db:5432 cannot be used.');
  });

  it('is the whole stack of an error nobody foresaw', () => {
    expect(describeFailure(new TypeError('x is undefined'))).toMatch(/TypeError: x is undefined\n\s+at /);
    expect(describeFailure('thrown text')).toContain('thrown text');
  });

  it.each([
    ['EADDRINUSE', '127.0.0.1:80 is already in use'],
    ['EACCES', 'may not listen on 127.0.0.1:80'],
    ['EADDRNOTAVAIL', '127.0.0.1 is no address of this machine'],
    ['ENOTFOUND', 'cannot be resolved'],
  ])('names the address when listening ends in %s', (code, text) => {
    const explained = explainListenFailure(Object.assign(new Error('listen'), { code }), '127.0.0.1', 80);
    expect(explained).toBeInstanceOf(StartError);
    expect(describeFailure(explained)).toContain(text);
  });

  it('leaves other failures of listening as they are', () => {
    const error = Object.assign(new Error('listen'), { code: 'EIO' });
    expect(explainListenFailure(error, '127.0.0.1', 80)).toBe(error);
  });
});
