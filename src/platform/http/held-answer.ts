/** What Express's response and Fastify's reply send answers with. */
type Sender = Partial<Record<'send' | 'json', (...body: unknown[]) => unknown>>;

const METHODS = ['send', 'json'] as const;

/**
 * Holds to an answer: whatever is sent next on this response, `answer` is called in its place. What a host's global interceptor made of
 * our result would not be what our API promises.
 */
export function holdAnswer(response: object, answer: () => unknown): void {
  releaseAnswer(response);
  const sender = response as Sender;
  for (const method of METHODS) {
    if (typeof sender[method] !== 'function') continue;
    sender[method] = () => {
      releaseAnswer(response);
      answer();
      return response;
    };
  }
}

/** Lets the next answer be sent as it is. */
export function releaseAnswer(response: object): void {
  // The real ones are the prototype's.
  for (const method of METHODS) if (Object.hasOwn(response, method)) delete (response as Sender)[method];
}
