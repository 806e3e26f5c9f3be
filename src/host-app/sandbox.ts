import { join } from 'node:path';
import { AutotaskSimulator } from '../autotask-simulator/autotask-simulator.js';
import { readPrivateText, replacePrivateText } from './private-file.js';

/**
 * Starts the built-in Autotask sandbox. It keeps its port from start to start, because a connection stores the address of its
 * zone: on another port every connection made before would lead nowhere. Only when the port is taken does it move.
 */
export async function startSandbox(dataDir: string): Promise<AutotaskSimulator> {
  const file = join(dataDir, 'sandbox-port');
  const remembered = Number(await readPrivateText(file));
  const simulator = await startPreferring(Number.isInteger(remembered) ? remembered : 0);
  const port = new URL(simulator.discoveryUrl).port;
  if (port !== String(remembered)) await replacePrivateText(file, port);
  return simulator;
}

async function startPreferring(port: number): Promise<AutotaskSimulator> {
  try {
    return await AutotaskSimulator.start({ port });
  } catch (error) {
    if (port === 0 || !isPortRefused(error)) throw error;
    return AutotaskSimulator.start({ port: 0 });
  }
}

function isPortRefused(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' || code === 'EACCES' || code === 'ERR_SOCKET_BAD_PORT';
}
