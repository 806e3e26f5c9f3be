import { describe, expect, it } from 'vitest';
import { AnswerPace } from './answer-pace.js';

function paceAfter(...answers: number[]): AnswerPace {
  const pace = new AnswerPace(5);
  for (const ms of answers) pace.answered(ms);
  return pace;
}

const slow = (answers: number): number[] => Array.from({ length: answers }, () => 50);

describe('the pace of answers', () => {
  it('is not known before the first one', () => {
    expect(paceAfter().isInstant).toBe(false);
  });

  it('is told by the quickest of the last ones', () => {
    expect(paceAfter(5).isInstant).toBe(false);
    expect(paceAfter(80, 4.9, 30).isInstant).toBe(true);
    expect(paceAfter(1, ...slow(31)).isInstant).toBe(true);
    expect(paceAfter(1, ...slow(32)).isInstant).toBe(false);
  });
});
