import type { AbstractHttpAdapter } from '@nestjs/core';

/** Headers of every answer of our controllers, whatever the host adds: nothing is cached, and no media type is guessed. */
export function setAnswerHeaders(
  adapter: AbstractHttpAdapter,
  response: unknown,
  correlationId: string,
): void {
  adapter.setHeader(response, 'X-Request-Id', correlationId);
  adapter.setHeader(response, 'Cache-Control', 'no-store');
  adapter.setHeader(response, 'X-Content-Type-Options', 'nosniff');
}
