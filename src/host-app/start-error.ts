/** A reason the host cannot start, in words fit to print without a stack trace; never holds a secret. */
export class StartError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StartError';
  }
}
