import { SANDBOX_API_USERS } from '../autotask-simulator/sandbox-users.js';
import type { BootstrapToken } from './bootstrap-token.js';
import type { HostEnvironment } from './environment.js';
import { MOUNT_PATH } from './host-app.module.js';
import type { HostResources } from './host-resources.js';

/** The lines a person reads after the start: where to go, how to get in, and what here is not the real thing. */
export function describeStart(
  environment: HostEnvironment,
  resources: HostResources,
  address: string,
): string {
  const { bootstrapToken } = resources;
  const lines = [
    '',
    `nestjs-psa-connector is ready (${environment.profile})`,
    '',
    `  Admin UI         ${address}/${MOUNT_PATH}/`,
    `  HTTP API         ${address}/${MOUNT_PATH}/api`,
    ...(bootstrapToken === null ? [] : [describeToken(bootstrapToken)]),
    ...resources.notices.map((notice) => `  Note             ${notice}`),
    ...(resources.sandboxUrl === null ? [] : describeSandbox(resources.sandboxUrl)),
    '',
    '  Stop with Ctrl-C.',
    '',
  ];
  return lines.join('\n');
}

/** A token is shown once, when it was made: logs are kept, and read by more people than the file. */
function describeToken({ token, file, isNew }: BootstrapToken): string {
  if (file === null) return '  Bootstrap token  as given in PSA_BOOTSTRAP_TOKEN';
  return `  Bootstrap token  ${isNew ? `${token}  (kept in ${file})` : `in ${file}`}`;
}

function describeSandbox(sandboxUrl: string): string[] {
  const nameWidth = widest(SANDBOX_API_USERS.map(({ userName }) => userName));
  const secretWidth = widest(SANDBOX_API_USERS.map(({ secret }) => secret));
  return [
    '',
    `  API users of the Autotask sandbox (${sandboxUrl}), for Add Connection:`,
    ...SANDBOX_API_USERS.map(
      ({ userName, secret, describedAs }) =>
        `    ${userName.padEnd(nameWidth)}  ${secret.padEnd(secretWidth)}  ${describedAs}`,
    ),
  ];
}

/** The address a browser on this machine can open, whatever the host listens on. */
export function browsableAddress(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}
