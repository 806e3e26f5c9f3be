import { describe, expect, it } from 'vitest';
import { holdAnswer, releaseAnswer } from './held-answer.js';

class Reply {
  readonly sent: unknown[] = [];

  send(body: unknown): this {
    this.sent.push(body);
    return this;
  }

  json(body: unknown): this {
    return this.send(JSON.stringify(body));
  }
}

describe('an answer that is held', () => {
  it.each(['send', 'json'] as const)('is given in place of what is sent by %s, once', (method) => {
    const reply = new Reply();
    holdAnswer(reply, () => reply.json({ ours: true }));
    expect(reply[method]({ data: 'the host’s' })).toBe(reply);
    reply.send('later');
    expect(reply.sent).toEqual(['{"ours":true}', 'later']);
  });

  it('is replaced by the one held after it, and forgotten when released', () => {
    const reply = new Reply();
    holdAnswer(reply, () => reply.send('first'));
    holdAnswer(reply, () => reply.send('second'));
    reply.send('host');
    holdAnswer(reply, () => reply.send('third'));
    releaseAnswer(reply);
    reply.send('problem');
    expect(reply.sent).toEqual(['second', 'problem']);
  });
});
