import { StartError } from './start-error.js';

/** Text for the terminal: what was wrong and what to do; a stack only for what nobody foresaw. */
export function describeFailure(error: unknown): string {
  if (error instanceof StartError) return error.message;
  // The library's errors carry a sentence that is safe to show.
  if (
    error instanceof Error &&
    'detail' in error &&
    typeof error.detail === 'string' &&
    'category' in error
  ) {
    return error.detail;
  }
  return `The host could not start. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** Says which address could not be listened on and why, where that is what failed. */
export function explainListenFailure(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const address = `${host}:${port}`;
  const reasons: Record<string, string> = {
    EADDRINUSE: `${address} is already in use. Stop the program that listens there, or set PORT (0 = any free port).`,
    EACCES: `This user may not listen on ${address}. Set PORT to 1024 or higher (0 = any free port).`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Set HOST to one that is, such as 127.0.0.1.`,
    ENOTFOUND: `The name ${host} cannot be resolved. Set HOST to an address of this machine, such as 127.0.0.1.`,
  };
  const reason = reasons[code ?? ''];
  return reason === undefined ? error : new StartError(reason, { cause: error });
}
